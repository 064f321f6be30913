"""The atlas as a web app and as a static site: thin; what it shows, the layers below know."""
