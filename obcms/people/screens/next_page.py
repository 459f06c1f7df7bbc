"""Where to go after signing in: the page that was asked for, if it is one of this site."""

import unicodedata
from urllib.parse import unquote, urlsplit

from flask import request, url_for


def is_local(target: str) -> bool:
    """Whether a browser would stay on this site.

    Browsers drop tabs and line breaks, and take a backslash for a slash, so `/\\t/evil` leads away.
    """
    plain = unquote(target)
    odd = any(unicodedata.category(char)[0] == "C" or char in "\\" for char in target + plain)
    if odd or not target.startswith("/") or not plain.startswith("/"):
        return False
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    path = target.partition("?")[0].partition("#")[0]
    return not (parts.scheme or parts.netloc or "//" in unquote(path))


def next_page() -> str:
    """The wanted page, else the dashboard."""
    target = request.args.get("next", "")
    return target if is_local(target) else url_for("admin.index")
