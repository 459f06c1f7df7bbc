"""What thresholds there are, and which values they may have."""
