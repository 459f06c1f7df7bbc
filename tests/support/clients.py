"""A test client that fails a request whose changes would be lost."""

from typing import Any

from flask.testing import FlaskClient

from obcms.kernel.extensions import db
from tests.support.writes import uncommitted


class OwnContextClient(FlaskClient):
    """A client whose requests get an app context of their own, as in production.

    With a test's context on the stack, Flask would share it, and with it the signed-in user.
    Raises AssertionError when an answer that is no refusal leaves changes uncommitted.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        db.session.remove()
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
            expect_committed(answer.status_code)
        return answer


def expect_committed(status: int) -> None:
    """Fails when a request that answered so has left changes in its session, before it ends."""
    if status < 400:
        lost = uncommitted(db.session())
        assert not lost, f"The request answered {status} and did not commit: {lost}"


class TokenClient(OwnContextClient):
    """Sends a token with each request."""

    token = ""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} | kwargs.pop("headers", {})
        return super().open(*args, headers=headers, **kwargs)
