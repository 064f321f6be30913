# %% [markdown]
# # Texts: pieces, meanings, moods, and more of the same
#
# An editor wants to know whether a sentence sounds agitated. Labels are dear, but a novel has
# some for free: where its author wrote an exclamation mark. So the question becomes one that can
# be answered with a text that ships with nna, *Moby-Dick*: from its words alone, without the
# mark, was a sentence exclaimed? It is what people call sentiment analysis, with labels that
# nobody had to make.
#
# On the way: how a text is cut, what an embedding is, a recurrent network against a transformer
# at equal budget, what attention looks at, and a small model that writes on.

# %%
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.metrics import balanced_accuracy_score

import nna
from nna.data import catalog

Path("runs").mkdir(exist_ok=True)
book = bytes(catalog.load("moby_dick").x.astype(np.uint8)).decode("utf-8")
sentences = re.findall(r"[^.!?;]+[.!?]", " ".join(book.split()))
cut = [(re.findall(r"[a-z']+", one.lower()), one[-1] == "!") for one in sentences]
cut = [(words, loud) for words, loud in cut if 4 <= len(words) <= 24]
print(f"{len(cut):,} sentences, {np.mean([loud for _, loud in cut]):.0%} of them exclaimed")

# %% [markdown]
# ## Pieces
#
# A network reads numbers. Whole words make a long list with many that occur once; letters make
# long texts. Between them lie pieces: begin with letters, and join the most frequent pair of
# neighbours again and again (byte-pair encoding). A few joins already find the endings of
# English.

# %%
pieces = Counter((*word, "_") for words, _ in cut[:1500] for word in words)
joins = []
for _ in range(40):
    pairs: Counter = Counter()
    for word, count in pieces.items():
        for pair in pairwise(word):
            pairs[pair] += count
    most = max(pairs, key=lambda pair: (pairs[pair], pair))
    joins.append("".join(most))
    merged: Counter = Counter()
    for word, count in pieces.items():
        out, at = [], 0
        while at < len(word):
            both = word[at : at + 2] == most
            out.append("".join(most) if both else word[at])
            at += 2 if both else 1
        merged[tuple(out)] += count
    pieces = merged
print("the first joins:", " ".join(joins))

# %% [markdown]
# ## Meanings
#
# What a word means shows in the company that it keeps. Count which words stand within a few
# places of each other, take the logarithm of how much more often than by chance, and keep the
# directions that matter most. Neighbours in that space are alike in use, and nobody told it what
# any word means.

# %%
half = int(0.75 * len(cut))  # what comes later in the book is kept for the test
known = cut[:half]
common = [w for w, _ in Counter(w for words, _ in known for w in words).most_common(1500)]
number = {w: i for i, w in enumerate(common)}
near = np.zeros((len(common), len(common)))
for words, _ in known:
    ids = [number.get(w, -1) for w in words]
    for i, a in enumerate(ids):
        for b in ids[max(0, i - 4) : i]:
            if a >= 0 and b >= 0:
                near[a, b] += 1
                near[b, a] += 1
chance = np.outer(near.sum(1), near.sum(0)) / near.sum()
ppmi = np.maximum(np.log((near + 1e-9) / (chance + 1e-9)), 0)
u, s, _ = np.linalg.svd(ppmi, full_matrices=False)
embedding = (u[:, :24] * np.sqrt(s[:24])).astype(np.float32)
unit = embedding / (np.linalg.norm(embedding, axis=1, keepdims=True) + 1e-9)
for word in ("whale", "captain", "sea", "old"):
    close = np.argsort(-(unit @ unit[number[word]]))[1:7]
    print(f"{word:8} {' '.join(common[i] for i in close)}")

# %% [markdown]
# ## Moods: LSTM against BERT, at equal budget
#
# As many exclaimed sentences as quiet ones, and the later part of the book as the test: a
# sentence and the one before it must not be torn apart into learning and testing. The LSTM reads
# the embeddings above, BERT learns its own from these sentences alone; both have the same
# seconds. A linear model on counts of words is the baseline that has to be beaten.

# %%
draw = np.random.default_rng(0)


def balanced(part):
    """As many of either kind, shuffled."""
    loud = [one for one in part if one[1]]
    quiet = [one for one in part if not one[1]]
    kept = min(len(loud), len(quiet), 900)
    chosen = [loud[i] for i in draw.permutation(len(loud))[:kept]]
    chosen += [quiet[i] for i in draw.permutation(len(quiet))[:kept]]
    return [chosen[i] for i in draw.permutation(len(chosen))]


train, test = balanced(cut[:half]), balanced(cut[half:])
texts, answers = ([" ".join(w) for w, _ in part] for part in (train, test))
label, true = (np.array([loud for _, loud in part]).astype(int) for part in (train, test))
STEPS = 24


def embedded(part):
    """Rows of embeddings, sentences padded in front."""
    x = np.zeros((len(part), STEPS, embedding.shape[1]), dtype=np.float32)
    for row, (words, _) in enumerate(part):
        ids = [number[w] for w in words if w in number]
        if ids:
            x[row, -len(ids) :] = embedding[ids]
    return x


SECONDS = 20
lstm = nna.Classifier("lstm", seconds=SECONDS, recipe={"epochs": 40}, random_state=0)
lstm.fit(embedded(train), label)
bert = nna.Classifier("bert", seconds=SECONDS, recipe={"epochs": 40}, random_state=0)
bert.fit(texts, label)

# %%
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

counts = make_pipeline(CountVectorizer(min_df=2), LogisticRegression(C=0.3, max_iter=500))
counts.fit(texts, label)
scores = {
    "counts of words": balanced_accuracy_score(true, counts.predict(answers)),
    "LSTM": balanced_accuracy_score(true, lstm.predict(embedded(test))),
    "BERT": balanced_accuracy_score(true, bert.predict(answers)),
}
fig, ax = plt.subplots(figsize=(5, 2.2))
error = 1.96 * np.sqrt(0.25 / len(true))
ax.barh([*scores], [*scores.values()], xerr=error, color="tab:blue")
ax.axvline(0.5, color="gray")
ax.set_xlabel("balanced accuracy, with its 95 % interval")
plt.show()
first, *others = sorted(scores, key=scores.__getitem__, reverse=True)
rest = ", ".join(f"{name} {scores[name]:.1%}" for name in others)
print(
    f"{first} is ahead with {scores[first]:.1%}; then {rest}; an interval reaches "
    f"{100 * error:.1f} points to either side. "
    f"{lstm.n_iter_} epochs of the LSTM and {bert.n_iter_} of BERT took the same time."
)

# %% [markdown]
# On so few sentences, a transformer that begins with nothing has no reason to win: that is what
# pretraining is for. Where the linear model is ahead, use it, and read its weights.

# %%
weights = counts[-1].coef_[0]
words = np.array(counts[0].get_feature_names_out())
print("exclaimed:", " ".join(words[np.argsort(-weights)[:12]]))
print("quiet:    ", " ".join(words[np.argsort(weights)[:12]]))

# %% [markdown]
# ## Attention, looked at
#
# What does a token of the trained BERT look at? A hook catches the queries and keys of the first
# layer, and the softmax of their products is the picture that everybody shows. Mind what it is: a
# share of attention, not a reason.

# %%
model = bert.model_.eval()
caught = {}
hook = model.body[0].attention.qkv.register_forward_hook(
    lambda module, given, out: caught.update(out=out.detach())
)
shown = answers[int(np.argmax(true))]
bert.predict([shown])
hook.remove()
heads = model.body[0].attention.heads
query, key, _ = caught["out"].unflatten(-1, (3, heads, -1)).permute(2, 0, 3, 1, 4)
shares = torch.softmax(query @ key.mT / query.shape[-1] ** 0.5, -1)[0]
length = min(len(shown.split()) + 2, shares.shape[-1])
fig, axes = plt.subplots(1, min(heads, 4), figsize=(9, 2.8))
for head, ax in enumerate(np.atleast_1d(axes)):
    ax.imshow(shares[head, :length, :length], cmap="viridis")
    ax.set_title(f"head {head + 1}", fontsize=8)
plt.show()
entropy = -(shares * (shares + 1e-12).log()).sum(-1).mean((-1,))
print(f"“{shown}”")
print("how many tokens a look is spread over:", " ".join(f"{e:.1f}" for e in entropy.exp()))

# %% [markdown]
# ## More of the same: GPT writes on
#
# The same book, byte by byte, the next one to be predicted. Its loss stands beside that of
# counting pairs of bytes; what it writes shows what it has learnt of spelling, and that it knows
# no whales.

# %%
writer = nna.train("gpt2", "moby_dick", max_samples=300_000, recipe={"epochs": 1}, name="writer")
writer

# %%
print(nna.load(writer.folder).write("The whale ", 160, seed=0))

# %% [markdown]
# ## What next
#
# - Where there is a network, start from a model that read more than one book:
#   `nna.build("bert/base@uncased")`, with the same few labels on top.
# - Have two people label two hundred sentences: how often they agree is the most that any network
#   can reach.
# - Train the writer for the whole book and several passes, and compare bits a byte, not
#   impressions.
