"""Getting a token for a user name and a password, and a new one for the old one."""

from typing import Any

from flask import Flask, request
from marshmallow import fields, validate
from werkzeug.exceptions import Unauthorized

from obcms.kernel.api import add_blueprint
from obcms.kernel.api.access import refused
from obcms.kernel.api.blueprint import OpenBlueprint
from obcms.kernel.api.fields import TextField
from obcms.kernel.api.schemas import Answer, Given
from obcms.kernel.extensions import db, jwt
from obcms.kernel.security.models import EventKind
from obcms.people import tokens
from obcms.people.credentials import check_credentials
from obcms.people.events import record_success

blueprint = OpenBlueprint("api_token", "/api/token", "Tokens")
LONGEST_TOKEN = 4_000
WRONG = "The user name, the password or the code is wrong."


class Credentials(Given):
    username = fields.String(required=True, validate=validate.Length(1, 150))
    password = fields.String(
        required=True, validate=validate.Length(1, 1024), metadata={"format": "password"}
    )
    code = TextField(64, metadata={"description": "Of the second factor, where there is one."})


class RefreshToken(Given):
    refresh = fields.String(required=True, validate=validate.Length(1, LONGEST_TOKEN))


class AccessAnswer(Answer):
    access = fields.String(required=True)


class TokensAnswer(AccessAnswer):
    refresh = fields.String(required=True)


@blueprint.route("/", methods=["POST"])
@blueprint.arguments(
    Credentials, example={"username": "administrator", "password": "correct horse battery"}
)
@blueprint.response(200, TokensAnswer)
def obtain_token(given: dict[str, Any]) -> dict[str, str]:
    """Get tokens

    The access token lasts one hour, the refresh token seven days. Both end at once when the user
    is disabled or changes the password, or ends this session on the page “Your account”.
    """
    user = check_credentials(
        given["username"],
        given["password"],
        given.get("code", ""),
        request.remote_addr,
        request.path,
    )
    if user is None:
        raise Unauthorized(WRONG)
    if reason := tokens.may_not_yet(user):
        raise Unauthorized(reason)
    key = tokens.begin_session(user, request.remote_addr, request.user_agent.string)
    record_success(EventKind.TOKEN_GIVEN, user, request.path)
    db.session.commit()
    return {
        "access": tokens.make_access_token(user, key),
        "refresh": tokens.make_refresh_token(user, key),
    }


@blueprint.route("/refresh/", methods=["POST"])
@blueprint.arguments(RefreshToken, example={"refresh": "the refresh token"})
@blueprint.response(200, AccessAnswer)
def refresh_token(given: dict[str, str]) -> dict[str, str]:
    """Get a new access token

    For a refresh token that is still valid.
    """
    claims = tokens.claims_of_refresh_token(given["refresh"])
    if claims is None or (user := tokens.user_of(claims)) is None:
        raise refused()
    return {"access": tokens.make_access_token(user, claims[tokens.SESSION])}


def init_app(app: Flask) -> None:
    """Adds the routes, and tells whose a token is."""
    add_blueprint(app, blueprint)
    jwt.user_lookup_loader(lambda _header, claims: tokens.user_of(claims))
