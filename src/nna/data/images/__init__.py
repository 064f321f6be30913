"""Images of the user's own, with classes, masks or boxes."""
