"""The catalogue of building blocks: what stands between layers, each plotted and tried."""
