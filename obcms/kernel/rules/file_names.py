"""Names of files that somebody sent."""

from pathlib import PurePosixPath, PureWindowsPath

LONGEST = 200


def file_name(given: str) -> str:
    """The name without its folders, on whatever system it was given, for one line; may be empty.

    The end is kept where it is too long, because what kind of file it is stands there.
    """
    printable = "".join(char for char in given if char.isprintable())
    name = PurePosixPath(PureWindowsPath(printable.strip()).name).name.strip()
    return "" if name in {".", ".."} else name[-LONGEST:]
