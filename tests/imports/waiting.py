"""Importing on the screens, with the worker's part done in between."""

from io import BytesIO

import lxml.html
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from obcms.imports.jobs import read_waiting
from obcms.kernel.extensions import db

ADDRESS = "/admin/import/"


def upload(
    client: FlaskClient,
    content: bytes,
    moa: str = "",
    name: str = "moh.xlsx",
    address: str = ADDRESS,
    **more: str,
) -> TestResponse:
    """Sends the file; for the first ministry of the list where there is one and none is named."""
    page = client.get(address).text
    _, *options = page.split('<option value="')
    chosen = moa or (options[0].split('"')[0] if options else "")
    form = {"file": (BytesIO(content), name), "moa": chosen, "fiscal_year": "2025", **more}
    return client.post(address, data=form, content_type="multipart/form-data")


def read_next() -> None:
    """What a worker does when it is called once."""
    db.session.rollback()
    read_waiting()
    db.session.remove()


def upload_and_read(
    client: FlaskClient, content: bytes, name: str = "moh.xlsx", to: str = ADDRESS
) -> str:
    """Sends the file and has it read; the address of its preview."""
    sent = upload(client, content, name=name, address=to)
    assert sent.status_code == 302, sent.text
    read_next()
    return sent.headers["Location"]


def shown_by(page: str) -> dict[str, str]:
    """What the preview's form carries."""
    fields = lxml.html.fromstring(page).xpath("//form[@method='post']//input[@type='hidden']")
    return {field.name: field.value for field in fields if field.name.startswith("shown")}


def apply(client: FlaskClient, address: str, button: str = "valid_rows") -> TestResponse:
    """Opens the preview and presses a button on it."""
    return client.post(address, data=shown_by(client.get(address).text) | {button: "yes"})
