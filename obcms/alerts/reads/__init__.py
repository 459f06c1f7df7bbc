"""What alerts are made of, and how many are open."""
