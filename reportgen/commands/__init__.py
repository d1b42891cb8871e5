"""Commands: a file is a command."""
