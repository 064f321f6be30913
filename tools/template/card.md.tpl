# FILL: its name

*Before it:* FILL: what its predecessors could not do. *After it:* FILL: who answered its limits.

## What it is

FILL: What it is: at least twenty words of your own, each claim with its source in brackets.

## Why use it

FILL: Why use it: at least twenty words of your own, each claim with its source in brackets.

## Intuition

FILL: Intuition: at least twenty words of your own, each claim with its source in brackets.

## Mathematical foundation

FILL: Mathematical foundation: a formula between double dollar signs, and every symbol named.

## Training logic

FILL: Training logic: at least twenty words of your own, each claim with its source in brackets.

*As published:* FILL: how the paper trained it, with the section.

## Assumptions and limitations

FILL: Assumptions and limitations: at least twenty words of your own, each claim with its source in brackets.

*Expected failure:* FILL: what theory says it can't do, and the test in test_@ID@.py that shows it. [`test_FILL`]

## Key hyperparameters

FILL: Key hyperparameters: at least twenty words of your own, each claim with its source in brackets.

## Evaluation focus

FILL: Evaluation focus: at least twenty words of your own, each claim with its source in brackets.

## When to use, when not to

- Yes, **FILL: when it suits**: because [source]
- No, **FILL: when it does not**: because [source]

FILL: When to use, when not to: rivals and their reasons, and the line `nna train @ID@`.

## References

FILL: References: three lines `1. Authors (year). Title. Venue.`, then one `Web: A; B`.
