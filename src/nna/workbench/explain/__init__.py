"""Why a trained network answers as it does: images, tables and forecasts."""
