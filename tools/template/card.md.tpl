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

## Assumptions and limitations

FILL: Assumptions and limitations: at least twenty words of your own, each claim with its source in brackets.

## Key hyperparameters

FILL: Key hyperparameters: at least twenty words of your own, each claim with its source in brackets.

## Evaluation focus

FILL: Evaluation focus: at least twenty words of your own, each claim with its source in brackets.

## When to use, when not to

FILL: When to use, when not to: advice with its reason, and the line `nna train @ID@`.

## References

FILL: References: three lines `1. Authors (year). Title. Venue.`, then one `Web: A; B`.
