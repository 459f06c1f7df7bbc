"""Getting a token for a user name and a password, and a new one for the old one."""

from typing import Any

from flask import Flask, request
from marshmallow import fields, validate
from werkzeug.exceptions import Unauthorized

from obcms.kernel.api import add_blueprint
from obcms.kernel.api.blueprint import OpenBlueprint
from obcms.kernel.api.fields import Line
from obcms.kernel.api.schemas import Answer, Given
from obcms.kernel.extensions import jwt
from obcms.people import tokens
from obcms.people.credentials import check_credentials

blueprint = OpenBlueprint("api_token", "/api/token", "Tokens")
LONGEST_TOKEN = 4_000
WRONG = "The user name, the password or the code is wrong."


class Credentials(Given):
    username = fields.String(required=True, validate=validate.Length(1, 150))
    password = fields.String(
        required=True, validate=validate.Length(1, 1024), metadata={"format": "password"}
    )
    code = Line(64, metadata={"description": "Of the second factor, where there is one."})


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
    is disabled or changes the password.
    """
    user = check_credentials(
        given["username"], given["password"], given.get("code", ""), request.remote_addr
    )
    if user is None:
        raise Unauthorized(WRONG)
    if tokens.may_not_yet(user):
        raise Unauthorized("Your role needs a second factor. Please set it up on the screens.")
    return {
        "access": tokens.make_access_token(user),
        "refresh": tokens.make_refresh_token(user),
    }


@blueprint.route("/refresh/", methods=["POST"])
@blueprint.arguments(RefreshToken, example={"refresh": "the refresh token"})
@blueprint.response(200, AccessAnswer)
def refresh_token(given: dict[str, str]) -> dict[str, str]:
    """Get a new access token

    For a refresh token that is still valid.
    """
    user = tokens.user_of_refresh_token(given["refresh"])
    return {"access": tokens.make_access_token(user)}


def init_app(app: Flask) -> None:
    """Adds the routes, and tells whose a token is."""
    add_blueprint(app, blueprint)
    jwt.user_lookup_loader(lambda _header, claims: tokens.user_of(claims))
