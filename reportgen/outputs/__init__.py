"""Outputs: a file is an output format, named by its suffix."""
