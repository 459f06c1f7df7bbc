"""Clients with a token."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from obcms.kernel.extensions import db
from obcms.people.models import User
from tests.support.clients import OwnContextClient
from tests.support.tokens import access_token
from tests.support.web_server import served

ENTRIES = "/api/monitoring/entries/"


class TokenClient(OwnContextClient):
    """Sends a token with each request."""

    token = ""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} | kwargs.pop("headers", {})
        return super().open(*args, headers=headers, **kwargs)


@pytest.fixture
def call_as(app: Flask) -> Callable[[int], FlaskClient]:
    """A client with the token of the user with this id."""

    def call(user_id: int) -> TokenClient:
        token = access_token(db.session.get_one(User, user_id))
        db.session.rollback()
        client = TokenClient(app)
        client.token = token
        return client

    return call


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The address of the app on a port of this machine."""
    with served(app) as address:
        yield address
