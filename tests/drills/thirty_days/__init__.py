"""Thirty days of the real scheduler and two real workers, on a clock that the drill moves."""
