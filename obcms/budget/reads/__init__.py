"""The budget tree as people and programs read it."""
