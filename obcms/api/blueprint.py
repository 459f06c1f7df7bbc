"""The blueprint of each part of the API: closed by default, one kind of parser, stable names."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint

from obcms.api.access import authenticate, count_attempt
from obcms.api.parser import Parser

View = Callable[..., Any]


class APIBlueprint(Blueprint):
    """A view's name is its operation's id; without `is_open` every request needs a token."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, url_prefix: str, description: str, is_open: bool = False) -> None:
        super().__init__(name, __name__, url_prefix=url_prefix, description=description)
        self.is_open = is_open
        self.before_request(count_attempt if is_open else authenticate)

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        add = super().route(rule, **options)

        def decorate(view: View) -> View:
            security = [] if self.is_open else [{"token": []}]
            return add(self.doc(operationId=view.__name__, security=security)(view))

        return decorate
