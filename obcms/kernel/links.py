"""Addresses of pages, also where no request is at hand, as in jobs and mails."""

from flask import current_app


def path_of(endpoint: str, **values: object) -> str:
    """The page's path, such as /admin/ppa/7/approval."""
    return current_app.url_map.bind("").build(endpoint, values)


def full_address(path: str) -> str:
    """A path of OBCMS as people open it from elsewhere."""
    return current_app.config["OBCMS"].home + path
