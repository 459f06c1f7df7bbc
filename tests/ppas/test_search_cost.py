"""Searching and sorting ask no more of a longer list."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient

from obcms.kernel.extensions import db
from tests.api.conftest import ENTRIES
from tests.support.factories import make_ppa, track

MORE = 5
SCREEN = "/admin/ppa/?page_size=100"
Counting = Callable[[], AbstractContextManager[list[str]]]


def sorted_by(app: Flask, path: str) -> Iterator[str]:
    """The list in each order that it can be asked for."""
    [admin] = app.extensions["admin"]
    [view] = [one for one in admin._views if one.url == path]
    for number, (column, _) in enumerate(view._list_columns):
        if column in view._sortable_columns:
            yield f"{path}/?page_size=100&sort={number}"


def asked(app: Flask) -> list[str]:
    searches = [f"{SCREEN}&search=health%20workers", f"{ENTRIES}?search=health%20workers"]
    searches += ["/admin/work-item/?page_size=100&search=core%20work"]
    return [*searches, *sorted_by(app, "/admin/ppa"), *sorted_by(app, "/admin/work-item")]


@pytest.fixture
def clients(people, sign_in_as, call_as) -> tuple[FlaskClient, FlaskClient]:
    return sign_in_as(people.administrator), call_as(people.administrator)


def test_searches_and_orders_cost_the_same_at_two_sizes(
    app: Flask, clients, count_queries: Counting
) -> None:
    screen, api = clients
    addresses, counts, rows = asked(app), [], []
    assert len(addresses) > 12
    for _ in range(2):
        for number in range(MORE):
            track(make_ppa(moa=("MOH", "MAFAR")[number % 2]))
        db.session.commit()
        for address in addresses:
            client = api if address.startswith(ENTRIES) else screen
            with count_queries() as sent:
                answer = client.get(address)
            assert answer.status_code == 200
            rows.append(len(re.findall(r'"code":|class="code"', answer.text)))
            counts.append(len(sent))
    half = len(addresses)
    assert counts[:half] == counts[half:], addresses
    assert all(few < many for few, many in zip(rows[:half], rows[half:], strict=True))
    assert max(counts) <= 8
