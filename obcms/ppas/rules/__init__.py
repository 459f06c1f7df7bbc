"""Rules of a PPA on plain values."""
