"""Formulas in LaTeX as lines of text, for terminals: Greek letters, signs, raised and lowered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

SMALL = "alpha beta gamma delta zeta eta theta iota kappa mu nu xi pi rho sigma tau upsilon phi chi"
LARGE = "Gamma Delta Theta Xi Pi Sigma Upsilon Phi Psi Omega"
# What stands between pieces until it is known what they are set beside.
BEFORE, AFTER, WORD, TRIM, WIDE = "\0", "\1", "\2", "\3", "\4"

SIGNS = {
    **{name: unicodedata.lookup(f"GREEK SMALL LETTER {name}") for name in re.split(" ", SMALL)},
    **{name: unicodedata.lookup(f"GREEK CAPITAL LETTER {name}") for name in re.split(" ", LARGE)},
    **{"psi": "ψ", "omega": "ω", "lambda": "λ", "Lambda": "Λ", "epsilon": "ε", "varepsilon": "ε"},
    **{"varphi": "φ", "vartheta": "ϑ", "ell": "ℓ", "partial": "∂", "nabla": "∇", "infty": "∞"},
    **{"sum": "∑", "prod": "∏", "int": "∫", "bigwedge": "⋀", "bigvee": "⋁", "bigcup": "⋃"},
    **{"cdot": "·", "times": "×", "odot": "⊙", "otimes": "⊗", "oplus": "⊕", "circ": "∘"},
    **{"star": "⋆", "ast": "∗", "pm": "±", "mp": "∓", "div": "÷", "neg": "¬", "lnot": "¬"},
    **{"le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈"},
    **{"equiv": "≡", "sim": "∼", "simeq": "≃", "propto": "∝", "ll": "≪", "gg": "≫"},
    **{"in": "∈", "notin": "∉", "subset": "⊂", "subseteq": "⊆", "cup": "∪", "cap": "∩"},
    **{"wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨", "forall": "∀", "exists": "∃"},
    **{"to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "mapsto": "↦"},
    **{"Rightarrow": "⇒", "Leftarrow": "⇐", "leftrightarrow": "↔", "iff": "⇔"},
    **{"top": "⊤", "bot": "⊥", "perp": "⊥", "mid": "|", "vert": "|", "Vert": "‖", "|": "‖"},
    **{"lvert": f"|{TRIM}", "rvert": f"{TRIM}|", "lVert": f"‖{TRIM}", "rVert": f"{TRIM}‖"},
    **{"langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉"},
    **{"dots": "…", "ldots": "…", "cdots": "⋯", "prime": "′", "colon": ":", "emptyset": "∅"},
    **{"setminus": "∖", "backslash": "∖", "quad": WIDE, "qquad": WIDE + WIDE, "\\": "; "},
    **{",": " ", ";": " ", ":": " ", " ": " ", "!": "", "{": "{", "}": "}", "_": "_"},
    **{"bmod": " mod ", "bullet": "•", **{sign: sign for sign in "%&#$"}},
}
RELATIONS = frozenset("≤≥≠≈≡∼≃∝≪≫∈∉⊂⊆→←↦⇒⇐↔⇔×⊙⊗⊕|")  # set apart by spaces
SIZES = re.compile("left|right|big+[lr]?|Big+[lr]?|displaystyle|textstyle|(no)?limits|begin|end")
MARKS = {"hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304"}
MARKS |= {"tilde": "\u0303", "widetilde": "\u0303", "dot": "\u0307", "vec": "\u20d7"}
MARKS |= {"overrightarrow": "\u20d7", "overleftarrow": "\u20d6"}
UPRIGHT = {"mathrm", "text", "operatorname", "mathbf", "mathit", "mathsf", "boldsymbol", "textbf"}
FRACTIONS = {"frac", "tfrac", "dfrac"}
DOUBLE = dict(zip("CNPQRZE", "ℂℕℙℚℝℤ𝔼", strict=True))
LOWERED = dict(
    zip(
        "0123456789+-=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)
RAISED = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyzβγδθφχABDEGHIJKLMNOPRTUVW′⊤",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵝᵞᵟᶿᵠᵡᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ′ᵀ",
        strict=True,
    )
)

_OVER = "".join(dict.fromkeys(MARKS.values()))
_SHIFTED = re.escape("".join((*LOWERED.values(), *RAISED.values())))
_LETTER = rf"[^\W\d_{_SHIFTED}]"
_SHIFT = rf"(?:[{_OVER}{_SHIFTED}]|[_^](?:[\w*]|\([^()]*\)))*"
_ATOM = re.compile(
    rf"\d+(?:\.\d+)?|[∂∇√]?[{_SHIFTED}]* ?{_LETTER}{_SHIFT}(?:\([^()]*\))?|\w+\([^()]*\)"
    rf"|√?\([^()]*\){_SHIFT}|‖[^‖]*‖{_SHIFT}"
)
_PIECES = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.S)
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.S)
_MATH = re.compile(r"\$\$(.+?)\$\$|\$([^$]+?)\$", re.S)
_STRAY = re.compile(r"\\[A-Za-z]+(?:[_^]?\{[^{}]*\})*|\\[,;:!{}]|[_^]\{[^{}]*\}")
_SPACES = (
    (rf"(?<=[\w)\]}}⟩‖{_OVER}{WORD}]){BEFORE}", " "),  # x log x
    (rf"{AFTER}(?=[\w(√∑∏∂‖])", " "),  # 1/2 (a - b)
    (rf"{WORD}(?=[√∑∏∂‖\d]|{_LETTER})", " "),  # log x, but log(x) and log₂ x
    (rf"{BEFORE}|{AFTER}|{WORD}| *{TRIM} *", ""),
    (r"(?<=[(\[⟨⌊⌈]) +| +(?=[)\],;⟩⌋⌉])", ""),
    (" +", " "),
    (rf" *({WIDE}+) *", r"\1"),
)


def formula(tex: str) -> str:
    """A formula as a line of text; a command without a sign of its own keeps its bare name."""
    return _all(iter(_PIECES.findall(tex))).replace(WIDE, "  ")


def prose(text: str, markdown: bool = False) -> str:
    """A text with its formulas, between dollars, as text; code is left as it is.

    Args:
        text: Markdown.
        markdown: it is to be read as such again: no sign in a formula may mean emphasis.
    """

    def said(found: re.Match[str]) -> str:
        line = formula(found[1] or found[2])
        return re.sub(r"([*_<`\[\]|~])", r"\\\1", line) if markdown else line

    parts = _CODE.split(text)
    parts[::2] = [_MATH.sub(said, part) for part in parts[::2]]
    return "".join(parts)


def excerpt(text: str) -> str:
    """A piece of a text, cut anywhere: whole formulas as text, and what is left of cut ones."""
    stray = _STRAY.sub(lambda found: formula(found[0]), prose(text))
    return stray.replace("$", "").replace("\\", "")


def _all(pieces: Iterator[str], until: str | None = None) -> str:
    made = ""
    for piece in pieces:
        if piece == until:
            break
        made += _one(piece, pieces)
    for pattern, space in _SPACES:
        made = re.sub(pattern, space, made)
    return made.strip(" ")


def _one(piece: str, pieces: Iterator[str]) -> str:
    """What a piece, with the arguments that it takes from the rest, is as text."""
    if piece == "{":
        return _all(pieces, "}")
    if piece in ("_", "^"):
        return _shifted(piece, _argument(pieces))
    if piece in ("~", "&") or piece.isspace():
        return " "
    return _command(piece[1:].rstrip("*"), pieces) if piece.startswith("\\") else piece


def _command(name: str, pieces: Iterator[str]) -> str:
    if name in FRACTIONS:
        return f"{BEFORE}{_atom(_argument(pieces))}/{_atom(_argument(pieces))}{AFTER}"
    if name == "sqrt":
        return f"√{_atom(_argument(pieces))}"
    if name in MARKS:
        return _marked(_argument(pieces), name)
    if name in UPRIGHT:
        return _word(_argument(pieces))
    if name == "mathbb":
        return "".join(DOUBLE.get(letter, letter) for letter in _argument(pieces))
    return _size(name, pieces) if SIZES.fullmatch(name) else _sign(name)


def _sign(name: str) -> str:
    sign = SIGNS.get(name)
    if sign is None:
        return _word(name)
    return f" {sign} " if sign in RELATIONS and name != "vert" else sign


def _word(name: str) -> str:
    return f"{BEFORE}{name}{WORD}" if len(name) > 1 else name


def _size(name: str, pieces: Iterator[str]) -> str:
    """What only says how large a bracket is, or what kind the lines are: the bracket alone."""
    if name in ("begin", "end"):
        _argument(pieces)
    if name in ("left", "right"):
        bracket = next((piece for piece in pieces if not piece.isspace()), "")
        return "" if bracket == "." else _one(bracket, pieces)
    return ""


def _argument(pieces: Iterator[str]) -> str:
    for piece in pieces:
        if not piece.isspace():
            return re.sub(f"[{BEFORE}{AFTER}{WORD}{TRIM}]", "", _one(piece, pieces)).strip()
    return ""


def _shifted(sign: str, text: str) -> str:
    """Lowered or raised, in characters made for it where there are some for all of it."""
    table = LOWERED if sign == "_" else RAISED
    tight = text.replace(" ", "")
    if tight and all(letter in table for letter in tight):
        return "".join(table[letter] for letter in tight)
    return sign + (text if len(text) == 1 else f"({text})")


def _marked(text: str, name: str) -> str:
    return text + MARKS[name] if len(text) == 1 else f"{name}({text})"


def _atom(text: str) -> str:
    """A part of a fraction or under a root: in brackets unless it holds together by itself."""
    return text.replace("∂ ", "∂") if _ATOM.fullmatch(text) else f"({text})"
