"""The blueprint of each part of the API: closed by default, one kind of parser, stable names."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask_smorest import Blueprint

from obcms.kernel.api.access import authenticate, caller, count_attempt
from obcms.kernel.api.etag import CREATED, ETAG, HEEDS_IF_MATCH, HEEDS_IF_NONE_MATCH
from obcms.kernel.api.parser import Parser
from obcms.kernel.api.subjects import find_subject
from obcms.kernel.db.connections import reading
from obcms.kernel.permissions import Permission, require

View = Callable[..., Any]
Decorator = Callable[[View], View]
LARGEST_BODY, LARGEST_CREDENTIALS = 1024 * 1024, 16 * 1024  # bytes


class APIBlueprint(Blueprint):
    """A view's name is its operation's id.

    The document lists its operations under `heading`, made of its name where none is given:
    `api_work_items` → "Work items".
    """

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, url_prefix: str, description: str, heading: str = "") -> None:
        super().__init__(name, __name__, url_prefix=url_prefix, description=description)
        self.heading = heading or name.removeprefix("api_").replace("_", " ").capitalize()
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

    def lists(self, permission: Permission, query: type, page: type) -> Decorator:
        """The route that answers a page of the records that the query asks for."""
        return _stacked(
            self.route("/", permission),
            self.arguments(query, location="query"),
            self.response(200, page),
        )

    def adds(
        self, permission: Permission, given: type, answer: type, example: dict[str, Any]
    ) -> Decorator:
        """The route that makes a record of what is given, and answers with it."""
        return _stacked(
            self.route("/", permission, methods=["POST"]),
            self.arguments(given, example=example),
            self.response(201, answer, headers=CREATED),
        )

    def reads(self, rule: str, permission: Permission, answer: type) -> Decorator:
        """The route of one record, with its version."""
        return _stacked(
            self.route(rule, permission),
            self.response(200, answer, headers=ETAG),
            self.doc(**HEEDS_IF_NONE_MATCH),
        )

    def changes(
        self,
        rule: str,
        permission: Permission,
        change: type,
        answer: type,
        example: dict[str, Any],
    ) -> Decorator:
        """The route that changes one record in what is given."""
        return _stacked(
            self.route(rule, permission, methods=["PATCH"]),
            self.arguments(change, example=example),
            self.response(200, answer, headers=ETAG),
            self.doc(**HEEDS_IF_MATCH),
        )

    def deletes(self, rule: str, permission: Permission) -> Decorator:
        """The route that deletes one record."""
        return _stacked(
            self.route(rule, permission, methods=["DELETE"]),
            self.response(204),
            self.doc(**HEEDS_IF_MATCH),
        )

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


def _stacked(*decorators: Decorator) -> Decorator:
    """All of them as one, the first outermost."""

    def decorate(view: View) -> View:
        for one in reversed(decorators):
            view = one(view)
        return view

    return decorate


class OpenBlueprint(APIBlueprint):
    """For what needs no token."""

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        return super().route(rule, None, **options)

    def security(self) -> list[dict[str, list[str]]]:
        return []

    def _let_in(self) -> None:
        request.max_content_length = LARGEST_CREDENTIALS
        count_attempt()
