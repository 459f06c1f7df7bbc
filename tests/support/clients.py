"""Test clients."""

from typing import Any

from flask.testing import FlaskClient

from obcms.kernel.extensions import db


class OwnContextClient(FlaskClient):
    """A client whose requests get an app context of their own, as in production.

    With a test's context on the stack, Flask would share it, and with it the signed-in user.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        db.session.remove()
        with self.application.app_context():
            return super().open(*args, **kwargs)
