"""The OpenAPI document and the page that shows it, both served from here."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    jsonify,
    render_template,
    send_from_directory,
)
from flask_smorest import Api

from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.etag import HEEDS_IF_MATCH
from obcms.kernel.api.fields import described
from obcms.kernel.api.schemas import ProblemAnswer
from obcms.kernel.errors import CODES, TITLES
from obcms.kernel.rules.money import NEGATIVE

blueprint = Blueprint("api_docs", __name__, url_prefix="/api/docs")
UI_FOLDER = Path(flask_swagger_ui.__file__).parent / "dist"
UI_FILES = frozenset({"swagger-ui.css", "swagger-ui-bundle.js"})
REFUSALS = {
    "400": "The body cannot be read",
    "401": "No valid token",
    "403": "Not allowed",
    "404": "There is no such thing for the token's user",
    "409": "Somebody else was first, or the record's state forbids it",
    "412": "If-Match names another version",
    "413": "The body is too large",
    "415": "The body is not JSON",
    "422": "Bad input, with a pointer for each problem",
    "429": "Too many requests; see Retry-After",
}


ONLY_WITH_A_BODY = frozenset({"413", "415"})
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
INTRODUCTION = """
Get tokens from `/api/token/` and send the access token as `Authorization: Bearer …`. It is good for
an hour, the refresh token for seven days; both end when the user is disabled or changes the
password.

- **Money and percents** are text with two decimals: pesos such as `"1250.00"`, and 0 to 100.
- **Relations** are numbers of records.
- **Lists** answer `count`, `next`, `previous` and `results`; follow `next` until it is null.
- **Versions**: a single record comes with an `ETag`. Send it back as `If-Match` with a change, and
  nothing that somebody else changed meanwhile is overwritten (412).
- **Limits**: requests are counted for each user, attempts at a token for each address; a 429 says
  in `Retry-After` how many seconds to wait.
- **Errors** are `application/problem+json`. Each of `problems` has a message and a JSON pointer to
  the field at fault, empty where it is none; `code` says for programs what kind of refusal it is.
  What does not exist for the token's user answers 404.
- **Posting once**: what posts money takes an `Idempotency-Key`, a text of your own. Sent again by
  the same user within 24 hours it posts nothing and answers what it answered first; with another
  body it is refused (422), while the first is still at work too (409). What was refused was not
  posted, and is tried anew.
"""
POINTS: list[str] = []  # further ones, each beginning with its subject; slices add theirs


class OpenAPIDocument(Api):
    """flask-smorest's description of the routes; pages and errors stay the app's own."""

    def _register_doc_blueprint(self) -> None:
        """The document is served by this module."""

    def _register_error_handlers(self) -> None:
        """Errors are answered by `obcms.kernel.web`, as everywhere."""


def init_app(app: Flask) -> None:
    """Registers the pages; the document itself is made when it is first asked for."""
    app.config.update(API_TITLE="OBCMS", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    app.config["API_SPEC_OPTIONS"] = {"info": {"description": _introduction()}}
    app.register_blueprint(blueprint)


def _introduction() -> str:
    return "\n".join([INTRODUCTION.strip(), *(f"- {point}" for point in POINTS)])


@blueprint.get("/")
def page() -> str:
    """The operations, to read and to try out."""
    return render_template("api/docs.html")


@blueprint.get("/openapi.json")
def document() -> Response:
    """The OpenAPI document."""
    return jsonify(_document())


@blueprint.get("/ui/<name>")
def ui(name: str) -> Response:
    """A file of Swagger UI, from the package it was installed with."""
    return send_from_directory(UI_FOLDER, name if name in UI_FILES else "none")


def _document() -> dict[str, Any]:
    known = current_app.extensions
    if "api_document" not in known:
        known["api_document"] = describe(current_app, known["api_blueprints"])
    return known["api_document"]


def describe(app: Flask, blueprints: Sequence[APIBlueprint]) -> dict[str, Any]:
    """The document as plain values."""
    api = OpenAPIDocument()
    api.init_app(app)
    api.ma_plugin.converter.add_attribute_function(lambda _self, field, **_: described(field))
    api.spec.components.security_scheme(
        "token",
        {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The access token, which `/api/token/` answers.",
        },
    )
    api.spec.components.schema("Problem", schema=ProblemAnswer)
    headings = {one.name: one.heading for one in blueprints}
    for one in blueprints:
        one.register_views_in_doc(api, app, api.spec, name=one.name, parameters=None)
        api.spec.tag({"name": one.heading, "description": one.description})
    found = api.spec.to_dict()
    for unused in ("Error", "PaginationMetadata"):
        found["components"]["schemas"].pop(unused, None)
    found["components"].pop("responses", None)
    for operations in found["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict):
                operation["tags"] = [headings[name] for name in operation["tags"]]
                _add_refusals(operation)
    return found


def _add_refusals(operation: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/Problem"}
    responses = operation["responses"]
    responses.pop("default", None)
    for status, description in REFUSALS.items():
        if status in ONLY_WITH_A_BODY and "requestBody" not in operation:
            continue
        if status == "412" and HEEDS_IF_MATCH["parameters"][0] not in operation.get(
            "parameters", []
        ):
            continue
        content = {"schema": schema, "example": _example(status, description)}
        responses[status] = {
            "description": description,
            "content": {"application/problem+json": content},
        }
    responses["429"]["headers"] = RETRY_AFTER


def _example(status: str, description: str) -> dict[str, Any]:
    """What such a refusal looks like."""
    message, pointer = description + ".", ""
    if status == "422":
        message, pointer = NEGATIVE, "/amount"
    return {
        "title": TITLES[int(status)],
        "status": int(status),
        "detail": message,
        "problems": [{"message": message, "pointer": pointer}],
        "code": CODES[int(status)],
    }
