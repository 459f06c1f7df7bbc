"""The demonstration is loaded once for each test on this database."""

import pytest
from flask import Flask

from obcms.demo.load import load_demo
from obcms.kernel.extensions import db


@pytest.fixture
def demo(app: Flask) -> Flask:
    load_demo()
    db.session.commit()
    return app
