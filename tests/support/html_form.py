"""Filling in a form of a page as a browser would: what is not changed is sent as it was shown."""

from typing import Any

import lxml.html
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse


def opened_form(client: FlaskClient, address: str) -> MultiDict[str, str]:
    """What the record's form at the address holds when it is opened."""
    page = lxml.html.fromstring(client.get(address).text)
    forms = "//form[contains(@class, 'admin-form') or contains(@class, 'edit-form')]"
    return MultiDict((page.xpath(forms) or [page])[0].form_values())


def send_form(
    client: FlaskClient, address: str, form: MultiDict[str, str], **changes: Any
) -> TestResponse:
    """Sends it with some fields changed; None leaves one out, as an unchecked box is."""
    sent = form.copy()
    for name, value in changes.items():
        sent.poplist(name)
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                sent.add(name, one)
    return client.post(address, data=sent)


def edit_form(client: FlaskClient, address: str, **changes: Any) -> TestResponse:
    """Opens the form and sends it with some fields changed."""
    return send_form(client, address, opened_form(client, address), **changes)
