"""The one loop, its schedules and checkpoints, and the folder that a run leaves behind."""
