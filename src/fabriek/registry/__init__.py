"""Models: their versions, where they came from, and their cards."""
