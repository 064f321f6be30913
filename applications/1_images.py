# %% [markdown]
# # Pictures: choose, transfer, find
#
# A shop for used clothes photographs what comes in and wants each picture sorted by kind. Later
# it will photograph other things, with few labelled pictures of them; and it wants to know where
# in a picture a thing lies. Three questions, one notebook: which network sorts best for its cost,
# whether what it learnt helps with new kinds, and how things are found and outlined.
#
# The photographs are a part of Fashion-MNIST, which ships with nna. They are small and grey, so
# that all of this runs on a processor in minutes. Every figure below is computed where it stands.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import nna
from nna.data import catalog

Path("runs").mkdir(exist_ok=True)
clothes = catalog.load("fashion_mnist_part")
names = np.array(clothes.classes)

fig, axes = plt.subplots(2, 5, figsize=(8, 3.6))
for place, ax in enumerate(axes.flat):
    first = int(np.flatnonzero(clothes.y == place)[0])
    ax.imshow(np.asarray(clothes.x[first])[0], cmap="gray")
    ax.set_title(names[place], fontsize=8)
    ax.axis("off")
plt.show()

# %% [markdown]
# ## Which network?
#
# Not the newest, and not the largest: the one that is ahead on these pictures, in a comparison in
# which all learn from the same rows, are asked about the same others, and stand beside baselines.
# Three generations take part. Let us see how they are built before they compete.

# %%
nna.figure("lenet5")

# %%
print(nna.describe("efficientnet").idea)
found = nna.compare(
    "fashion_mnist_part",
    models=("lenet5", "resnet", "efficientnet"),
    folds=3,
    seconds=200,
    max_samples=600,
    out="runs/clothes",
)
found

# %%
best, second, *_ = found.rows
print(
    f"{found.verdict}: {best.mean:.1%} at {best.seconds:.1f} s a fold, then "
    f"{second.name} with {second.mean:.1%} at {second.seconds:.1f} s"
)

# %% [markdown]
# Three folds are too few to tell neighbours apart, and the report says so; with an hour to spend
# one takes more folds and all of the pictures. So read the order as a first look, and the seconds
# beside it as what it costs to be that good.
#
# ## What is it wrong about?
#
# One run of LeNet-5, and the pairs of kinds that it confuses. Errors that people would make as
# well ask for better pictures; all others ask for a better network, or for more examples.

# %%
run = nna.train(
    "lenet5", "fashion_mnist_part", max_samples=1500, recipe={"epochs": 6}, name="sorter"
)
run

# %%
results = run.results()
confusion = np.array(results["confusion"])
shares = confusion / confusion.sum(axis=1, keepdims=True)
fig, ax = plt.subplots(figsize=(5, 4.4))
ax.imshow(shares, cmap="Blues")
ax.set_xticks(range(len(names)), results["classes"], rotation=90, fontsize=7)
ax.set_yticks(range(len(names)), results["classes"], fontsize=7)
ax.set_xlabel("predicted")
ax.set_ylabel("true")
plt.show()
np.fill_diagonal(shares, 0)
row, column = np.unravel_index(shares.argmax(), shares.shape)
print(
    f"most often confused: {results['classes'][row]} taken for {results['classes'][column]}, "
    f"{shares[row, column]:.0%} of them"
)

# %% [markdown]
# ## New kinds, few examples
#
# Pretend that shoes and bags are new to the shop: the network has learnt garments only, and of
# each new kind there are a handful of labelled pictures. Does it help to start from the weights
# that garments left, or does a network that starts from nothing do as well? Both get the same
# pictures, and each question is asked three times, with other pictures.

# %%
SHOES = [
    k for k, name in enumerate(names) if name.lower() in {"sandal", "sneaker", "ankle boot", "bag"}
]
FEW = 8  # labelled pictures a kind

x, y = np.asarray(clothes.x, dtype=np.float32), np.asarray(clothes.y)
new = np.isin(y, SHOES)
np.savez("garments.npz", x=x[~new][:1800], y=names[y[~new][:1800]])
body = nna.train("lenet5", "garments.npz", recipe={"epochs": 6}, name="garments", quiet=True)

draw = np.random.default_rng(0)
fresh, moved = [], []
for seed in range(3):
    order = draw.permutation(np.flatnonzero(new))
    few = np.concatenate([order[y[order] == kind][:FEW] for kind in SHOES])
    test = np.setdiff1d(order, few)[:600]
    np.savez(f"few{seed}.npz", x=x[few], y=names[y[few]])
    np.savez(f"test{seed}.npz", x=x[test], y=names[y[test]])
    for kept, start in ((fresh, None), (moved, body.folder)):
        tuned = nna.train(
            "lenet5", f"few{seed}.npz", test=f"test{seed}.npz", start=start, seed=seed,
            recipe={"epochs": 20}, quiet=True,
        )  # fmt: skip
        kept.append(tuned.results()["metrics"]["accuracy"]["value"])

gain = np.array(moved) - np.array(fresh)
print(f"from nothing: {np.mean(fresh):.1%}; from garments: {np.mean(moved):.1%}")
print(
    f"difference {100 * gain.mean():+.1f} points, in single repetitions "
    f"{100 * gain.min():+.1f} to {100 * gain.max():+.1f}"
)
fig, ax = plt.subplots(figsize=(4, 3))
ax.plot([0, 1], [fresh, moved], "o-", color="tab:blue")
ax.set_xticks([0, 1], ["from nothing", "from garments"])
ax.set_ylabel("accuracy on new kinds")
plt.show()

# %% [markdown]
# A line that rises says that garments taught the first layers something that shoes share. Whether
# it does is a matter of how near the two sets of pictures are: the chapter on convolutions (`nna
# guide 11`) has a case in which it didn't help at all.
#
# ## Where is it?
#
# To sort is to give one answer a picture. A box asks for what and where, a mask for every pixel.
# Both are learnt on scenes of digits over photographs, since they come with exact boxes and
# outlines.

# %%
boxes = nna.train("ssd", "digit_boxes", max_samples=600, recipe={"epochs": 10}, name="boxes")
boxes

# %%
masks = nna.train("unet", "digit_scenes", max_samples=300, recipe={"epochs": 8}, name="masks")
masks

# %%
scenes = catalog.load("digit_boxes")
some = scenes.take(np.arange(4))
answers = nna.load(boxes.folder).answers(some)
outlined = nna.load(masks.folder).outputs(catalog.load("digit_scenes").take(np.arange(4)))
fig, axes = plt.subplots(2, 4, figsize=(8, 4))
for place in range(4):
    picture = np.asarray(some.x[place]).transpose(1, 2, 0)
    axes[0, place].imshow(picture / max(1.0, float(picture.max())))
    axes[1, place].imshow(outlined[place].argmax(0), cmap="tab20")
    for one in (one for one in answers if one.example == place):
        wide, high = one.right - one.left, one.bottom - one.top
        axes[0, place].add_patch(
            plt.Rectangle((one.left, one.top), wide, high, fill=False, color="yellow")
        )
    for ax in axes[:, place]:
        ax.axis("off")
plt.show()
for said, trained in (("boxes", boxes), ("masks", masks)):
    name, figure = next(iter(trained.results()["metrics"].items()))
    print(f"{said}: {name} {figure['value']:.2f} after {trained.request.recipe['epochs']} passes")

# %% [markdown]
# ## What next
#
# - Train the first of the comparison on all pictures and for as long as its curves still fall.
# - With a network at hand, start from weights that saw a million photographs:
#   `nna.build("resnet/50@imagenet1k", classes=10)`; the experiment above is how to find out
#   whether they help.
# - Label the pictures of the confused pair a second time before changing the network.
# - Take photographs of the shop's own, in its own light, as the only test that counts (`nna
#   evaluate runs/sorter FOLDER`).
