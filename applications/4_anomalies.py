# %% [markdown]
# # Sensors: what is odd, and since when
#
# A thermometer reports every hour. It may stick, it may drift, a wire may come loose; nobody has
# a list of such faults, and most days nothing happens. So there is nothing to classify: what can
# be learnt is what usual days look like, and a fault is a day that doesn't.
#
# The temperatures are real, a year of hours in San Francisco (from the package vega_datasets).
# The faults are planted, because only then is it known which days are bad; the two networks never
# see one before they are asked.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
import vega_datasets
from sklearn.metrics import roc_auc_score

import nna
from nna.data.examples import Examples
from nna.spec import Table

Path("runs").mkdir(exist_ok=True)
source = Path(vega_datasets.__file__).parent / "_data" / "sf-temps.csv"
hours = pd.read_csv(source, parse_dates=["date"]).sort_values("date")
values = hours["temp"].to_numpy(float)
days = values[: len(values) // 24 * 24].reshape(-1, 24).astype(np.float32)
starts = hours["date"].iloc[: len(days) * 24 : 24].reset_index(drop=True)

fig, ax = plt.subplots(figsize=(8, 2.6))
ax.plot(days[::30].T, color="tab:blue", alpha=0.5)
ax.set_xlabel("hour")
ax.set_ylabel("°F")
plt.show()
print(
    f"{len(days)} days; within a day it varies by {np.ptp(days, axis=1).mean():.1f} °F on average"
)

# %% [markdown]
# ## What is usual
#
# A day's level comes with the season, its shape with the sensor. The networks see the shape: each
# day less its own mean. They learn from two days in three; the third stays apart, half of those
# days as they are and half with a fault.

# %%
draw = np.random.default_rng(0)
shape = days - days.mean(axis=1, keepdims=True)
order = draw.permutation(len(days))
learn, kept = order[: 2 * len(days) // 3], order[2 * len(days) // 3 :]


def stuck(day):
    """The same value for some hours."""
    day = day.copy()
    start = draw.integers(4, 14)
    day[start : start + 8] = day[start]
    return day


def spike(day):
    """A loose wire: single hours far off."""
    day = day.copy()
    day[draw.integers(0, 24, 2)] += draw.choice([-1, 1], 2) * 9
    return day


def ramp(day):
    """A drift within the day."""
    return day + np.linspace(0, 12, 24, dtype=np.float32) * draw.choice([-1, 1])


faults = {"stuck": stuck, "spike": spike, "ramp": ramp}
good, bad = kept[: len(kept) // 2], kept[len(kept) // 2 :]
kinds = draw.choice([*faults], len(bad))
broken = np.stack([faults[kind](days[i]) for kind, i in zip(kinds, bad, strict=True)])
broken -= broken.mean(axis=1, keepdims=True)
asked = np.concatenate([shape[good], broken]).astype(np.float32)
fault = np.r_[np.zeros(len(good)), np.ones(len(bad))]

# %% [markdown]
# ## Two networks, and a rule
#
# An autoencoder gives a usual day back and an odd one badly. A variational autoencoder does the
# same with a code that has a distribution. Beside both stands a rule of one line: how far the
# day's range is from the middle one.

# %%
detector = nna.AnomalyDetector(
    "autoencoder", contamination=0.05, settings={"code": 4}, recipe={"epochs": 60}, random_state=0
)
detector.fit(shape[learn].astype(np.float32))

np.savez("days.npz", x=shape[learn].astype(np.float32))
vae = nna.train(
    "vae", "days.npz", task="generation", settings={"code": 4}, recipe={"epochs": 60}, name="vae"
)
trained = nna.load(vae.folder)
examples = Examples.of(task="generation", port=Table(features=24), x=asked)
prepared = trained.inputs(examples).x
with torch.no_grad():
    back = trained.model(prepared)
odd_vae = ((back - prepared) ** 2).mean(1).numpy()

middle = np.median(np.ptp(shape[learn], axis=1))
odd = {
    "autoencoder": -detector.score_samples(asked),
    "VAE": odd_vae,
    "range of the day": np.abs(np.ptp(asked, axis=1) - middle),
}
table = pd.DataFrame(
    {
        kind: {
            name: roc_auc_score(
                np.r_[np.zeros(len(good)), np.ones((kinds == kind).sum())],
                np.r_[score[: len(good)], score[len(good) :][kinds == kind]],
            )
            for name, score in odd.items()
        }
        for kind in faults
    }
)
table.round(3)

# %%
best = table.mean(axis=1).idxmax()
print(f"over all faults {best} tells best: an area under the curve of {table.loc[best].mean():.2f}")
for kind in faults:
    print(f"{kind:6} is told best by {table[kind].idxmax()}, {table[kind].max():.2f}")

# %% [markdown]
# ## A threshold, from days kept back
#
# An area under a curve rings no bell. The detector's threshold was set on days that training did
# not see, so that five in a hundred usual days are reported in the long run. How many of the
# usual days here are, and how many of the faults?

# %%
alarm = detector.predict(asked) == -1
false, hits = alarm[fault == 0], alarm[fault == 1]
print(
    f"of {len(false)} usual days {false.mean():.0%} are reported, "
    f"of {len(hits)} faults {hits.mean():.0%}"
)
fig, ax = plt.subplots(figsize=(6, 2.6))
bins = np.linspace(0, np.quantile(odd["autoencoder"], 0.98), 40)
ax.hist(odd["autoencoder"][fault == 0], bins, alpha=0.7, label="usual")
ax.hist(odd["autoencoder"][fault == 1], bins, alpha=0.7, label="fault")
ax.axvline(-detector.offset_, color="k")
ax.set_xlabel("error of the reconstruction")
ax.legend()
plt.show()

# %% [markdown]
# ## Drift, and when to send somebody
#
# The costly fault is slow: a sensor that loses a little every day. Plant one, and see on which
# day a running mean of the score says so. Then the question behind it: does the season alone ring
# the bell as well? If so, what was learnt in one half of the year doesn't hold in the other.

# %%
ordered = shape.astype(np.float32).copy()
begins = 240
slope = np.maximum(np.arange(len(ordered)) - begins, 0)[:, None] * 0.08
ordered += slope * np.sin(np.arange(24) / 24 * 2 * np.pi)
running = {
    "as it was": pd.Series(-detector.score_samples(shape.astype(np.float32))).rolling(14).mean(),
    "wearing out": pd.Series(-detector.score_samples(ordered)).rolling(14).mean(),
}
limit = running["as it was"].iloc[:begins].max()
fig, ax = plt.subplots(figsize=(8, 2.6))
for name, line in running.items():
    ax.plot(starts, line, label=name)
ax.axhline(limit, color="gray", linestyle=":")
ax.axvline(starts[begins], color="gray")
ax.legend()
plt.show()
over = np.flatnonzero(running["wearing out"].to_numpy() > limit)
over = over[over >= begins]
late = f"{over[0] - begins} days after it began" if len(over) else "not at all within the year"
later = (running["as it was"].iloc[begins:] > limit).mean()
print(
    f"the wear is told {late}; without it the line is above the limit on {later:.0%} of later days"
)

# %% [markdown]
# ## What next
#
# - Ask what a false alarm costs and what a missed fault does: the threshold follows from that,
#   not from a round number.
# - Learn anew every month from days that somebody has looked at, or the season becomes a fault.
# - With more than one sensor, learn them together: a thermometer that disagrees with its
#   neighbours is told sooner than one that is odd by itself.
# - When the first real faults have names, keep them: from then on they are a test.
