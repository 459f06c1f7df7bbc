"""The order of siblings: by position, equal ones by id. A position is a number, not a count."""


def between(before: float | None, after: float | None) -> float | None:
    """A position between two neighbors', None standing for an end of the row.

    None where they leave no number in between: equal positions, or halved some fifty times.
    """
    if before is None:
        return 0 if after is None else after - 1
    if after is None:
        return before + 1
    middle = (before + after) / 2
    return middle if is_between(middle, before, after) else None


def is_between(position: float, before: float | None, after: float | None) -> bool:
    """Whether it stands there already, None standing for an end of the row."""
    return (before is None or before < position) and (after is None or position < after)
