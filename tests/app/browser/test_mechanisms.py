"""What the pages of mechanisms compute, against PyTorch models with the same weights."""

import json
import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from nna import registry
from nna.agreement import gap
from nna.app import site
from nna.app.mechanisms import MECHANISMS
from nna.architectures.generative.ddpm import model as ddpm, sampler

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def carried(name):
    """What a page is given."""
    text = (site.STATIC / f"weights-{name}.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix("window.nnaWeights = ").removesuffix(";\n"))


def weights(name):
    """Its weights as numbers in double precision."""
    held = carried(name)["weights"]
    return {k: torch.tensor(values, dtype=torch.float64) / 1000 for k, values in held.items()}


@pytest.fixture
def compute(chromium):
    """Runs an expression with a mechanism's scripts."""
    page = chromium.new_page()

    def run(name, expression, argument=None):
        for script in ("mechanism", f"weights-{name}", f"mech-{name}"):
            path = site.STATIC / f"{script}.js"
            page.add_script_tag(content=path.read_text(encoding="utf-8"))
        return page.evaluate(expression, argument)

    yield run
    page.close()


def tokens(seed, known):
    draw = np.random.default_rng(seed)
    return draw.integers(0, known, draw.integers(1, 49)).tolist()


def close(ours, theirs):
    return gap(torch.tensor(ours, dtype=torch.float64), theirs.detach()) < 1e-9


def test_attention_is_that_of_gpt1(compute):
    held = carried("attention")
    sizes = {name: held[name] for name in ("layers", "width", "heads", "length", "vocab")}
    model = registry.build("gpt1", **sizes, dropout=0.0).double().eval()
    model.load_state_dict(weights("attention"))
    texts = [tokens(seed, held["vocab"]) for seed in range(4)]
    found = compute(
        "attention",
        "(t) => t.map((one) => Attention.run(Mechanism.weights(), nnaWeights, one).logits)",
        texts,
    )
    for text, ours in zip(texts, found, strict=True):
        assert close(ours, model(torch.tensor([text]))[0])


def test_gates_cells_and_scores_are_those_of_the_lstm(compute):
    known = len(carried("lstm")["letters"])
    sizes = {"hidden": carried("lstm")["hidden"], "channels": known, "classes": known}
    model = registry.build("lstm", **sizes, forget_bias=1.0).double()
    model.load_state_dict(weights("lstm"))
    for seed in range(3):
        text = tokens(seed, known)
        found = compute("lstm", "(t) => Lstm.run(Mechanism.weights(), nnaWeights.hidden, t)", text)
        hidden, (_, cell) = model.body(F.one_hot(torch.tensor([text]), known).double())
        assert close([one["logits"] for one in found], model.head(hidden)[0])
        assert close([found[-1]["c"]], cell[0])


@pytest.mark.parametrize("kind", ["max", "mean"])
def test_a_kernel_finds_and_pooling_keeps_what_pytorch_says(compute, kind):
    held = weights("kernel")
    pictures = torch.tensor(np.random.default_rng(3).random((2, 32, 32)))
    found = compute(
        "kernel",
        "([pictures, kind]) => pictures.map((picture) => Mechanism.weights()['c1.0.weight'].map("
        "([kernel], k) => Kernel.pool(Kernel.relu(Kernel.convolve(picture, kernel, "
        "Mechanism.weights()['c1.0.bias'][k])), kind)))",
        [pictures.tolist(), kind],
    )
    maps = F.conv2d(pictures[:, None], held["c1.0.weight"], held["c1.0.bias"]).relu()
    assert close(found, {"max": F.max_pool2d, "mean": F.avg_pool2d}[kind](maps, 2))


def test_a_recall_ends_where_that_of_the_hopfield_network_does(compute):
    links = weights("hopfield")["links"]
    model = registry.build("hopfield", features=64).double()
    with torch.no_grad():
        model.weight.copy_(links[model.pairs[0], model.pairs[1]])
    cues = np.random.default_rng(1).choice([-1.0, 1.0], (20, 64))
    found = compute(
        "hopfield",
        "(cues) => cues.map((cue) => { const { links } = Mechanism.weights();"
        "const end = Hopfield.rest(links, cue); return [end, [Hopfield.energy(links, end)]]; })",
        cues.tolist(),
    )
    rests = model(torch.tensor(cues))
    assert close([end for end, _ in found], rests)
    assert close([energy[0] for _, energy in found], model.energy(rests))
    memories = torch.tensor(carried("hopfield")["memories"]).double()
    assert torch.equal(model(memories), memories)


def test_messages_are_those_of_the_gcn_whoever_met_whom(compute):
    held = carried("graph")
    model = registry.build("gcn", features=34, classes=4, hidden=4, dropout=0.0).double()
    model.load_state_dict(weights("graph"))
    for seed in range(3):
        draw = np.random.default_rng(seed)
        pairs = [pair for pair in held["edges"] if draw.random() < 0.7]
        found = compute(
            "graph", "(pairs) => Graph.run(Mechanism.weights(), 34, pairs).scores", pairs
        )
        way = torch.tensor(pairs).T
        scores = model(torch.eye(34).double(), torch.cat([way, way.flip(0)], dim=1))
        assert close(found, scores)


def test_the_way_from_noise_to_data_is_ddpms(compute):
    held, draw = carried("diffusion"), np.random.default_rng(4)
    sizes = {"features": 2 + held["features"], "hidden": (64, 64), "classes": 2}
    model = registry.build("mlp", **sizes).double().eval()
    model.load_state_dict(weights("diffusion"))
    for steps, eta in ((100, 1.0), (7, 1.0), (13, 0.0), (1, 0.0)):
        x, fresh = draw.standard_normal((20, 2)), draw.standard_normal((20, 2))
        found = compute(
            "diffusion",
            "({ x, fresh, steps, eta }) => Diffusion.spaced(100, steps).map(([t, levels]) => {"
            "const eps = x.map((p) => Diffusion.noiseIn(Mechanism.weights(), p, t, 8));"
            "const next = x.map((p, i) => Diffusion.stepBack(p, eps[i], fresh[i], levels, eta));"
            "return [t, eps, next]; })",
            {"x": x.tolist(), "fresh": fresh.tolist(), "steps": steps, "eta": eta},
        )
        at, anew = torch.tensor(x), torch.tensor(fresh)
        visited = sampler.spaced(held["timesteps"], steps)
        for (timestep, levels), (t, eps, after) in zip(visited, found, strict=True):
            assert t == timestep
            known = ddpm.sinusoids(torch.full((20,), 10.0 * t).double(), held["features"])
            noise = model(torch.cat([at, known], dim=1))
            assert close(eps, noise)
            assert close(after, sampler.step_back(at, noise, anew, levels, eta))


INPUTS = {
    "attention": ("input[type=text]", "a whale, a whale", ".letters"),
    "lstm": ("input[type=text]", "the sea the sea", ".letters"),
}


@pytest.mark.parametrize("one", MECHANISMS, ids=lambda one: one.id)
def test_a_page_steps_and_takes_the_readers_input(read, one):
    page = read(f"/{one.path}")
    before = page.locator("#mechanism").inner_text()
    if one.id in INPUTS:
        field, text, shown = INPUTS[one.id]
        page.locator(field).fill(text)
        assert page.locator(shown).first.inner_text().replace("\n", "") == text.replace(" ", "␣")
        page.get_by_role("button", name="Step").press("Enter")
        assert "#text=" in page.url
    elif one.id == "kernel":
        page.get_by_role("button", name="Clear").click()
        page.locator(".board").first.press("Space")
        page.get_by_role("button", name="Step").press("Enter")
    elif one.id == "hopfield":
        page.get_by_role("button", name="2", exact=True).click()
        page.get_by_role("button", name="Row 1, column 1", exact=True).press("Enter")
        page.get_by_role("button", name="To its rest").click()
        page.get_by_text("at memory 2").wait_for()
    elif one.id == "diffusion":
        page.get_by_label("Steps", exact=True).select_option("20")
        page.get_by_label("Fresh noise").select_option("0")
        page.locator("canvas.board").press("ArrowUp")
        page.get_by_label("Steps made").press("End")
        told = page.get_by_role("status").inner_text()
        near = int(re.search(r"(\d+) of 150 points", told)[1])
        assert near > 120  # the half-moons are drawn; of pure noise a third would lie as near
    else:
        page.get_by_role("button", name="Member 8,").press("ArrowRight")
        page.get_by_role("button", name="Join or part the two").click()
    assert page.locator("#mechanism").inner_text() != before
