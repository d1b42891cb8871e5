"""Models: a file is a kind of model."""
