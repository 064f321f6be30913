"""The verbs on a user's data: train, evaluate, predict, report. One file each."""
