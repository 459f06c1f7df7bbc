"""The way of a PPA from draft to enacted, as plain values."""
