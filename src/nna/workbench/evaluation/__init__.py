"""How good a trained network is: metrics, baselines, calibration, and other data."""
