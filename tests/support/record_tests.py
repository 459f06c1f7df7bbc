"""Tests that a record inherits when it is declared as a whole (`kernel.records.record.Record`).

A record's own tests are data: what may be given, what is refused at which field, and who is let in.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import pytest
from flask import Flask
from sqlalchemy import func, select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.permissions import ROLE_PERMISSIONS, Role
from obcms.kernel.records.record import Record
from obcms.people.models import User
from tests.support.doors import by_column, refused_everywhere
from tests.support.html_form import edit_form, opened_form, send_form
from tests.support.tokens import access_token


class RecordTests:
    """`given` is a good record as the API takes it; `other` what a change of its texts changes.

    `bad` are inputs with the field that each is refused at, at every door; `address` is where the
    list stands. A verb of its slice's own takes the place of `create`.
    No two records may be alike in the fields `unlike`; without it, in the first.
    """

    record: ClassVar[Record]
    address: ClassVar[str]
    given: ClassVar[Mapping[str, Any]]
    other: ClassVar[Mapping[str, Any]]
    unlike: ClassVar[Sequence[str]] = ()
    bad: ClassVar[Sequence[tuple[Mapping[str, Any], str]]]

    @pytest.fixture
    def made(self, app, people) -> int:
        """The id of a record made by an administrator."""
        actor = db.session.get_one(User, people.administrator)
        one = self.create(actor, dict(self.given))
        db.session.commit()
        return one.id

    def create(self, actor: User, values: Mapping[str, Any]) -> Any:
        """One made by its verb."""
        return self.record.create(actor, values)

    def count(self) -> int:
        db.session.rollback()
        return db.session.scalar(select(func.count()).select_from(self.record.model))

    def values(self, record_id: int, names: Mapping[str, Any]) -> dict[str, Any]:
        db.session.rollback()
        one = db.session.get_one(self.record.model, record_id, populate_existing=True)
        return {name: getattr(one, name) for name in names}

    @pytest.mark.parametrize("role", list(Role))
    def test_who_may_add_one_in_the_form(self, people, sign_in_as, role: Role) -> None:
        may = self.record.change in ROLE_PERMISSIONS[role]
        before = self.count()
        client = sign_in_as(getattr(people, role.value))
        answer = client.post(f"{self.address}new/", data=dict(self.given))
        sees = (self.record.screen or self.record.view) in ROLE_PERMISSIONS[role]
        assert answer.status_code == (302 if sees else 403)  # who only sees it is led back
        assert self.count() == before + may

    def test_the_form_adds_and_changes_one(self, people, sign_in_as) -> None:
        client = sign_in_as(people.administrator)
        before = self.count()
        form = opened_form(client, f"{self.address}new/")
        assert send_form(client, f"{self.address}new/", form, **self.given).status_code == 302
        assert self.count() == before + 1
        record_id = db.session.scalar(select(func.max(self.record.model.id)))
        db.session.rollback()
        address = f"{self.address}edit/?id={record_id}"
        assert edit_form(client, address, **self.other).status_code == 302
        assert self.values(record_id, self.other) == self.other

    def test_saving_an_untouched_form_changes_nothing(self, made, people, sign_in_as) -> None:
        entries = db.session.scalar(select(func.count(AuditEntry.id)))
        db.session.rollback()
        client = sign_in_as(people.administrator)
        assert edit_form(client, f"{self.address}edit/?id={made}").status_code == 302
        assert db.session.scalar(select(func.count(AuditEntry.id))) == entries

    def test_a_stale_form_tells_who_was_first_and_keeps_what_was_typed(
        self, made, people, sign_in_as
    ) -> None:
        client = sign_in_as(people.administrator)
        address = f"{self.address}edit/?id={made}"
        form = opened_form(client, address)
        assert send_form(client, address, form, **self.other).status_code == 302
        name = next(iter(self.other))
        typed = f"{self.given[name]}X"
        page = send_form(client, address, form, **{name: typed})
        assert "administrator changed" in page.text
        assert f'value="{typed}"' in page.text
        assert self.values(made, self.other) == self.other

    def test_the_page_shows_its_history(self, made, people, sign_in_as) -> None:
        client = sign_in_as(people.administrator)
        edit_form(client, f"{self.address}edit/?id={made}", **self.other)
        page = client.get(f"{self.address}details/?id={made}").text
        for name, value in self.other.items():
            assert f"<del>{self.given[name]}</del> → {value}" in page

    def test_every_door_refuses_the_same_at_the_same_field(self, app, people, sign_in_as) -> None:
        form = f"{self.address}new/"
        client = sign_in_as(people.administrator)
        opened = opened_form(client, form)
        before = self.count()
        told = refused_everywhere(
            [self.another(0) | dict(values) for values, _ in self.bad],
            verb=lambda values: self.create(
                db.session.get_one(User, people.administrator),
                by_column(self.record.fields, values),
            ),
            form=lambda values: send_form(client, form, opened, **values),
            **self.other_doors(app, people),
        )
        assert [[field for _, field in said] for said in told] == [[field] for _, field in self.bad]
        assert self.count() == before

    def other_doors(self, app: Flask, people: Any) -> dict[str, Callable[[Any], Any]]:
        """Doors besides verb and form, as `refused_everywhere` takes them."""
        return {}

    def test_the_list_costs_the_same_however_long(
        self, app, people, sign_in_as, count_queries
    ) -> None:
        client = sign_in_as(people.administrator)
        counts = []
        for _ in range(2):
            actor = db.session.get_one(User, people.administrator)
            for _ in range(10):
                self.create(actor, self.another(self.count_more()))
            db.session.commit()
            with count_queries() as sent:
                assert client.get(f"{self.address}?page_size=100").status_code == 200
            counts.append(len(sent))
        assert counts[0] == counts[1] <= 8

    def another(self, number: int) -> dict[str, Any]:
        """A good record unlike the others."""
        own = {
            name: f"{self.given[name]}{number}"
            for name in self.unlike or (self.record.fields[0].name,)
        }
        return dict(self.given) | own

    def count_more(self) -> int:
        self.made_so_far = getattr(self, "made_so_far", 0) + 1
        return self.made_so_far


class APIRecordTests(RecordTests):
    """And those of a record that the API has too."""

    @pytest.fixture
    def api(self, app, people):
        """Calls the API as the user with this id."""
        client = app.test_client()

        def call(user_id: int, method: str, path: str = "", **sent: Any) -> Any:
            token = access_token(db.session.get_one(User, user_id))
            db.session.remove()
            headers = {"Authorization": f"Bearer {token}"} | sent.pop("headers", {})
            url = f"/api/{self.record.plural}/{path}"
            return client.open(url, method=method, headers=headers, **sent)

        return call

    @pytest.mark.parametrize("role", list(Role))
    def test_who_may_add_one_by_the_api(self, api, people, role: Role) -> None:
        may = self.record.change in ROLE_PERMISSIONS[role]
        before = self.count()
        answer = api(getattr(people, role.value), "POST", json=dict(self.given))
        assert answer.status_code == (201 if may else 403)
        assert self.count() == before + may

    def test_if_match_stops_a_stale_change(self, api, made, people) -> None:
        tag = api(people.administrator, "GET", f"{made}/").headers["ETag"]
        first = api(people.administrator, "PATCH", f"{made}/", json=dict(self.other))
        assert first.status_code == 200
        headers = {"If-Match": tag}
        late = api(
            people.administrator, "PATCH", f"{made}/", json=dict(self.given), headers=headers
        )
        assert late.status_code == 412
        assert self.values(made, self.other) == self.other

    def other_doors(self, app: Flask, people: Any) -> dict[str, Callable[[Any], Any]]:
        token = access_token(db.session.get_one(User, people.administrator))
        headers, address = {"Authorization": f"Bearer {token}"}, f"/api/{self.record.plural}/"
        client = app.test_client()
        return {"api": lambda values: client.post(address, json=dict(values), headers=headers)}
