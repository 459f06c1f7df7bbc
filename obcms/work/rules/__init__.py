"""Structure, progress, status and budget of a tree, as plain values."""
