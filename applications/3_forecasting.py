# %% [markdown]
# # Forecasts: what next, and how surely
#
# A maker of electrical equipment plans a year ahead: every month's turnover, and how wrong the
# plan may be. What counts is not whether a network can be trained on the series, but whether it
# beats what anyone would do with a pencil: the same month of last year.
#
# The series is real, monthly, and comes with statsmodels.

# %%
import matplotlib.pyplot as plt
import pandas as pd
from statsmodels.datasets import elec_equip

import nna

HORIZON = 12
raw = elec_equip.load().data
sales = pd.DataFrame({"ds": pd.DatetimeIndex(raw.index), "y": raw.iloc[:, 0].to_numpy(float)})
sales = sales.dropna().reset_index(drop=True)
fig, ax = plt.subplots(figsize=(8, 2.6))
ax.plot(sales["ds"], sales["y"])
ax.set_ylabel("turnover (index)")
plt.show()
month = sales.groupby(sales["ds"].dt.month)["y"].mean()
print(
    f"{len(sales)} months; the best month of the year is on average "
    f"{month.max() / month.min() - 1:.0%} above the worst"
)

# %% [markdown]
# The season is plain to see, and so are two years in which no season helped. Keep both in mind: a
# rule that repeats last year is hard to beat in quiet times, and nobody forecasts a crisis from
# its own past.
#
# ## Is there anything to gain?
#
# Everyone is asked at several times of the past, knows only what was known then, and answers for
# the twelve months that followed. Networks stand beside rules and exponential smoothing (ETS).

# %%
found = nna.compare(
    sales,
    "y",
    time="ds",
    horizon=HORIZON,
    models=("lstm", "gru", "ft_transformer"),
    folds=5,
    seconds=150,
    out="runs/turnover",
)
found

# %%
rows = found.rows
networks = [row for row in rows if row.kind == "network"]
rules = [row for row in rows if row.kind == "baseline"]
print(f"first: {rows[0].name}. {found.verdict}")
for kind, named in (("network", networks), ("rule", rules)):
    if named:
        print(f"the best {kind}, {named[0].name}: {named[0].mean:.3g} {found.measure}")

# %% [markdown]
# ## A forecast with intervals
#
# Fit the network on all but the last two years, and let it say how wrong it may be: intervals
# come from windows that it did not learn from. Then look at those two years.

# %%
held = 2 * HORIZON
model = nna.Forecaster("gru", horizon=HORIZON, validation=0.3, recipe={"epochs": 300})
model.fit(sales[:-held].assign(unique_id="turnover"))
levels = sorted(model.radii_)
ahead = model.predict(level=levels)
came = sales.iloc[-held : -held + HORIZON]["y"].to_numpy()

fig, ax = plt.subplots(figsize=(8, 2.8))
past = sales[-held - 48 : -held]
ax.plot(past["ds"], past["y"], color="gray")
ax.plot(ahead["ds"], came, "k.", label="what came")
ax.plot(ahead["ds"], ahead[model.name], color="tab:blue", label="forecast")
for level in levels:
    ax.fill_between(
        ahead["ds"], ahead[f"{model.name}-lo-{level}"], ahead[f"{model.name}-hi-{level}"],
        color="tab:blue", alpha=0.15,
    )  # fmt: skip
ax.legend()
plt.show()

# %% [markdown]
# ## Do the intervals hold?
#
# One year proves nothing. Ask at several times in the past and count how often what came lay
# within: an interval that says eighty per cent should hold in about eighty of a hundred cases,
# over many years, good ones and bad.

# %%
past = model.cross_validation(
    sales.assign(unique_id="turnover"), n_windows=4, step_size=HORIZON, level=levels, refit=False
)
held_true = {}
for level in levels:
    low, high = past[f"{model.name}-lo-{level}"], past[f"{model.name}-hi-{level}"]
    held_true[level] = float(((past["y"] >= low) & (past["y"] <= high)).mean())
    print(f"{level} % intervals held in {held_true[level]:.0%} of {len(past)} months")
error = (past["y"] - past[model.name]).abs()
by_step = error.groupby(past.groupby("cutoff").cumcount() + 1).mean()
fig, (left, right) = plt.subplots(1, 2, figsize=(8, 2.8))
left.plot(levels, [100 * held_true[one] for one in levels], "o-")
left.plot([min(levels), 100], [min(levels), 100], color="gray", linestyle=":")
left.set_xlabel("promised %")
left.set_ylabel("held %")
right.plot(by_step.index, by_step.to_numpy())
right.set_xlabel("months ahead")
right.set_ylabel("mean error")
plt.show()
rules_there = [c for c in past.columns if c not in {"unique_id", "ds", "cutoff", "y"}]
rules_there = [c for c in rules_there if c != model.name and "-lo-" not in c and "-hi-" not in c]
for rule in (*rules_there, model.name):
    print(f"{rule:24} mean error {(past['y'] - past[rule]).abs().mean():.2f}")

# %% [markdown]
# Points below the dotted line are promises that weren't kept. Errors of neighbouring months
# belong together, so that four years of months count for much less than their number: a wide miss
# in one bad year is one miss.
#
# ## What next
#
# - If a rule is ahead, use it: it needs no training, and everybody understands it.
# - Give the network what the rule can't use: orders on hand, prices, days of work
#   (`future_covariates=`), and other series of the same kind.
# - Fit again each month, and keep every forecast beside what came: after a year the intervals can
#   be judged on the plan's own errors.
