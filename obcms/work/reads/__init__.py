"""The work tree, read in sets."""
