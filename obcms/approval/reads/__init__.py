"""Which office decides, and what waits for whom."""
