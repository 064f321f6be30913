# %% [markdown]
# # Making pictures: GAN, VAE and diffusion on the same digits
#
# Three ways to make what has never been there, and the question that decides between them is
# seldom asked: how good are the samples, and are all kinds among them? A picture that pleases
# says nothing about the second. So all three learn from the same pictures, scikit-learn's digits,
# and the same two figures are computed for each.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

import nna

Path("runs").mkdir(exist_ok=True)
digits = load_digits()
pictures = (digits.images / 16).astype(np.float32)
draw = np.random.default_rng(0)
order = draw.permutation(len(pictures))
real, other = pictures[order[:900]], pictures[order[900:]]
kind = digits.target[order]
np.savez("pictures.npz", x=real[:, None])

# %% [markdown]
# ## Three that learn
#
# A variational autoencoder bounds the likelihood, an adversarial network learns from a judge, and
# a diffusion model learns to take noise away. Each as a plain model, trained by nna's one loop.

# %%
vae = nna.train(
    "vae", "pictures.npz", task="generation", recipe={"epochs": 80}, name="vae",
    settings={"code": 8, "hidden": (128, 64)},
)  # fmt: skip
vae

# %%
gan = nna.train(
    "gan", "pictures.npz", task="generation", recipe={"epochs": 100}, name="gan",
    settings={"noise": 16, "hidden": (128, 128)},
)  # fmt: skip
gan

# %%
ddpm = nna.train(
    "ddpm", "pictures.npz", task="generation", recipe={"epochs": 15}, name="ddpm",
    settings={"side": 8, "attention_side": 4, "timesteps": 60, "widths": (16, 32)},
)  # fmt: skip
ddpm

# %%
COUNT = 300


def drawn(run):
    """Samples of a run, as pictures; a network draws in the units that it learnt."""
    trained = nna.load(run.folder)
    mean, spread = trained.preparation.whole
    rows = [[*line.values()] for line in trained.draw(COUNT, seed=0)]
    return np.array(rows, dtype=np.float32).reshape(-1, 8, 8) * spread + mean


samples = {"VAE": drawn(vae), "GAN": drawn(gan), "DDPM": drawn(ddpm)}
plain = real.reshape(len(real), -1).astype(float)
gauss = draw.multivariate_normal(plain.mean(0), np.cov(plain.T), COUNT)
samples["one normal distribution"] = gauss.reshape(-1, 8, 8).astype(np.float32)

fig, axes = plt.subplots(len(samples) + 1, 10, figsize=(8, 4.4))
for row, (name, made) in zip(axes, [("real", real), *samples.items()], strict=True):
    for ax, picture in zip(row, made, strict=False):
        ax.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
        ax.axis("off")
    row[0].set_title(name, fontsize=8, loc="left")
plt.show()

# %% [markdown]
# ## Quality and coverage
#
# Take the distance of each real picture to its fifth nearest real one as the size of its
# neighbourhood. *Precision*: the share of samples within some neighbourhood; are they good?
# *Coverage*: the share of neighbourhoods with a sample in them; are all kinds there? *Copies*:
# the share of samples nearer to a picture that was learnt from than real pictures lie to one
# another. Pictures kept apart set the scale: that is what can be had at all.

# %%
flat = {"pictures kept apart": other, **samples}
flat = {name: made[:COUNT].reshape(-1, 64) for name, made in flat.items()}
balls = NearestNeighbors(n_neighbors=6).fit(plain)
radius = balls.kneighbors(plain)[0][:, -1]
nearest = balls.kneighbors(plain)[0][:, 1]
figures = {}
for name, made in flat.items():
    apart = np.linalg.norm(plain[:, None] - made[None], axis=2)  # real by made
    within = apart <= radius[:, None]
    figures[name] = {
        "precision": within.any(axis=0).mean(),
        "coverage": within.any(axis=1).mean(),
        "copies": (apart.min(axis=0) < np.quantile(nearest, 0.02)).mean(),
    }
for name, row in figures.items():
    print(f"{name:24}" + "  ".join(f"{what} {value:4.0%}" for what, value in row.items()))
fig, ax = plt.subplots(figsize=(4.6, 3.4))
for name, row in figures.items():
    ax.plot(row["precision"], row["coverage"], "o")
    ax.annotate(name, (row["precision"], row["coverage"]), fontsize=8)
ax.set_xlabel("precision")
ax.set_ylabel("coverage")
plt.show()
good = max(samples, key=lambda name: figures[name]["precision"])
wide = max(samples, key=lambda name: figures[name]["coverage"])
print(f"the best samples are made by {good}, the most kinds are covered by {wide}")

# %% [markdown]
# ## Which kinds are missing?
#
# A classifier that was trained on real digits names the samples. A generator that has dropped a
# digit shows it here, however good the others look.

# %%
namer = nna.Classifier("mlp", recipe={"epochs": 40}, random_state=0)
namer.fit(real.reshape(-1, 64), kind[: len(real)])
fig, ax = plt.subplots(figsize=(8, 2.4))
for place, (name, made) in enumerate(samples.items()):
    counts = np.bincount(namer.predict(made.reshape(-1, 64)), minlength=10)
    ax.bar(np.arange(10) + 0.2 * place, counts / counts.sum(), 0.2, label=name)
    rare = int(counts.argmin())
    print(f"{name}: the rarest digit is {rare}, {counts[rare] / counts.sum():.0%} of the samples")
ax.set_xticks(range(10))
ax.axhline(0.1, color="gray", linestyle=":")
ax.legend(fontsize=7)
plt.show()

# %% [markdown]
# ## From picture to picture
#
# The same tools turn one picture into another: from a digit whose lower half is lost, give back
# the whole. A network that answers with the mean of what is likely does it best in squared error,
# and draws what nobody would write where two digits are possible.

# %%
half = real.copy()
half[:, 4:] = 0
asked = other.copy()
asked[:, 4:] = 0
torch.manual_seed(0)
mend = torch.nn.Sequential(
    torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 64), torch.nn.Sigmoid()
)
descent = torch.optim.Adam(mend.parameters(), lr=2e-3)
given, wanted = (torch.as_tensor(one.reshape(-1, 64)) for one in (half, real))
for _ in range(300):
    loss = ((mend(given) - wanted) ** 2).mean()
    descent.zero_grad()
    loss.backward()
    descent.step()
with torch.no_grad():
    made = mend(torch.as_tensor(asked.reshape(-1, 64))).numpy().reshape(-1, 8, 8)
mean = real.mean(axis=0)
own = ((made[:, 4:] - other[:, 4:]) ** 2).mean()
rule = ((mean[4:] - other[:, 4:]) ** 2).mean()
nearby = NearestNeighbors(n_neighbors=1).fit(half.reshape(-1, 64))
copy = real[nearby.kneighbors(asked.reshape(-1, 64))[1][:, 0]]
copied = ((copy[:, 4:] - other[:, 4:]) ** 2).mean()
print(
    f"squared error of the lower half: network {own:.3f}, nearest known {copied:.3f}, "
    f"mean {rule:.3f}"
)
fig, axes = plt.subplots(3, 8, figsize=(8, 3))
for row, of in zip(axes, (asked, made, other), strict=True):
    for ax, picture in zip(row, of, strict=False):
        ax.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
        ax.axis("off")
plt.show()

# %% [markdown]
# ## What next
#
# - Repeat with ten seeds before saying that one kind of network is better: a single adversarial
#   training proves little in either direction.
# - Draw from the diffusion model in fewer steps, and watch both figures: `nna show ddpm --card`
#   says what is lost.
# - Look at the samples nearest to a learnt picture, side by side. Nothing else says as quickly
#   whether a network makes or remembers.
