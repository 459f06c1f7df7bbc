"""The blueprint of each part of the API: closed by default, one kind of parser, stable names."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask_smorest import Blueprint

from obcms.kernel.api.access import authenticate, caller, count_attempt
from obcms.kernel.api.parser import Parser
from obcms.kernel.api.subjects import find_subject
from obcms.kernel.db.connections import reading
from obcms.kernel.permissions import Permission, require

View = Callable[..., Any]
LARGEST_BODY, LARGEST_CREDENTIALS = 1024 * 1024, 16 * 1024  # bytes


class APIBlueprint(Blueprint):
    """A view's name is its operation's id."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, url_prefix: str, description: str) -> None:
        super().__init__(name, __name__, url_prefix=url_prefix, description=description)
        self.permissions: dict[str, Permission] = {}
        self.before_request(self._let_in)

    def route(
        self, rule: str, permission: Permission | None, **options: Any
    ) -> Callable[[View], View]:
        """A route for who has the permission; to forget it is a mistake that ends the start."""
        add = super().route(rule, **options)

        def decorate(view: View) -> View:
            if permission is not None:
                self.permissions[view.__name__] = permission
            return add(self.doc(operationId=view.__name__, security=self.security())(view))

        return decorate

    def security(self) -> list[dict[str, list[str]]]:
        """What the document says a request must bring."""
        return [{"token": []}]

    def _let_in(self) -> None:
        """Who calls, whether the subject exists for them, and whether they may, in this order.

        Nothing of the body is read before, and on SQLite nobody has to wait for all this.
        """
        if request.method == "OPTIONS":  # tells the methods of an address, which the document does
            return
        request.max_content_length = LARGEST_BODY
        with reading():
            authenticate()
            subject = find_subject(request.view_args or {})
            require(caller(), self.permissions[request.endpoint.rpartition(".")[2]], subject)


class OpenBlueprint(APIBlueprint):
    """For what needs no token."""

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        return super().route(rule, None, **options)

    def security(self) -> list[dict[str, list[str]]]:
        return []

    def _let_in(self) -> None:
        request.max_content_length = LARGEST_CREDENTIALS
        count_attempt()
