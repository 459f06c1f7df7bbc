"""Tests that an import inherits when it is declared (`imports.declared.Import`).

An import's own tests are data: files, what they bring, and what others do in between.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from obcms.imports.compare import compare
from obcms.imports.models import ImportBatch
from obcms.imports.outcome import ImportOutcome
from obcms.imports.undo import undo_import
from obcms.kernel.extensions import db
from obcms.kernel.permissions import ROLE_PERMISSIONS, Role
from obcms.people.models import User
from tests.imports.waiting import apply, read_next, shown_by
from tests.support.growth import at_two_sizes
from tests.support.import_data import NAME, REASON, ImportData, somebody_writing


class ImportTests(ImportData):
    """What every import promises: looked at without a lock, asked, applied once, undone whole."""

    def test_a_preview_writes_nothing_and_takes_no_lock(self, client, count_queries) -> None:
        address, audited = self.send(client, self.file(3)), self.audited()
        with somebody_writing(), count_queries() as sent:
            page = client.get(address)
        assert (page.status_code, self.audited()) == (200, audited)
        assert [one for one in sent if not one.startswith("SELECT") or " FOR " in one] == []
        assert "Import all rows" in page.text

    def test_an_import_does_what_its_preview_showed_and_again_changes_nothing(self, client) -> None:
        before = self.now()
        self.imported(client, self.file(3))
        after, audited = self.now(), self.audited()
        assert after != before
        again = self.send(client, self.file(3))
        assert "There is nothing to import" in client.get(again).text
        assert apply(client, again, "all_or_nothing").status_code == 302
        assert (self.now(), self.audited()) == (after, audited)

    def test_a_preview_that_was_overtaken_imports_nothing_and_says_by_what(self, client) -> None:
        address = self.send(client, self.file(3))
        shown = shown_by(client.get(address).text)
        self.overtake()
        db.session.commit()
        before = self.now()
        late = client.post(address, data=shown | {"valid_rows": "yes"})
        assert (late.status_code, self.now()) == (409, before)
        assert "changed since this preview, so nothing was imported" in late.text
        assert [one for one in self.overtaking if one not in late.text] == []

    def test_a_preview_is_its_senders_alone(self, client, people, sign_in_as) -> None:
        address = self.send(client, self.file(3))
        shown = shown_by(client.get(address).text)
        for name in filter(None, ("administrator", "moa_head", self.other)):
            stranger = sign_in_as(getattr(people, name))
            assert stranger.get(address).status_code in (403, 404)
            assert stranger.post(address, data=shown | {"valid_rows": "1"}).status_code in (
                403,
                404,
            )
        assert apply(client, address).status_code == 302

    def test_what_is_open_is_asked_before_and_remembered_once_imported(self, client) -> None:
        before, address = self.now(), self.send(client, self.doubtful(1))
        page = client.get(address).text
        assert self.asked in page
        assert "Import all rows" not in page
        early = client.post(address, data=shown_by(page) | {"all_or_nothing": "yes"})
        assert (early.status_code, self.now()) == (422, before)
        assert client.post(f"{address}reading", data=self.answers).status_code == 302
        read_next()
        assert self.asked not in client.get(address).text
        assert self.asked in client.get(self.send(client, self.doubtful(2))).text  # not yet
        assert apply(client, address, "all_or_nothing").status_code == 302
        assert self.now() != before
        page = client.get(self.send(client, self.doubtful(2))).text
        assert "confirmed on" in page
        assert self.asked not in page
        assert self.asked in client.get(self.send(client, self.doubtful(3, renamed=True))).text

    def test_an_import_is_undone_whole_and_once_and_can_be_made_again(self, client, people) -> None:
        before, page = self.now(), self.imported(client, self.file(3))
        after = self.now()
        assert page in client.get(self.address).text
        assert self.declared.pages.undo in client.get(page).text
        if self.declared.asks_reason:
            assert client.post(f"{page}undo", data={"reason": " "}).status_code == 422
            assert self.now() == after
        assert self.undo(client, page).status_code == 302
        assert self.now() == before
        shown = client.get(page).text
        assert "Undone on" in shown
        assert REASON in shown
        assert self.declared.pages.undo not in shown
        again = self.undo(client, page)
        assert (again.status_code, "undone already" in again.text) == (409, True)
        batch = db.session.scalars(select(ImportBatch)).one()
        assert batch.undone_by_id == getattr(people, self.sender)
        db.session.rollback()
        self.imported(client, self.file(3))
        assert self.now() == after

    def test_what_was_built_on_later_is_named_and_nothing_is_undone(self, client) -> None:
        page = self.imported(client, self.file(3))
        self.touch()
        db.session.commit()
        before = self.now()
        refused = self.undo(client, page)
        assert (refused.status_code, self.now()) == (409, before)
        assert [one for one in self.touching if one not in refused.text] == []

    def test_who_may_send_a_file_and_undo(self, client, people, sign_in_as) -> None:
        page, stored = self.imported(client, self.file(3)), self.now()
        for role in Role:
            may = self.declared.permission in ROLE_PERMISSIONS[role]
            user = sign_in_as(getattr(people, role.value))
            assert user.get(self.address).status_code == (200 if may else 403), role
            if not may:
                assert user.get(page).status_code == 403, role
                assert self.undo(user, page).status_code == 403, role
                assert self.now() == stored, role

    def test_another_ministrys_import_does_not_exist(self, client, people, sign_in_as) -> None:
        page, stored = self.imported(client, self.file(3)), self.now()
        if self.other:
            stranger = sign_in_as(getattr(people, self.other))
            assert page not in stranger.get(self.address).text
            assert (stranger.get(page).status_code, self.undo(stranger, page).status_code) == (
                404,
                404,
            )
        assert self.now() == stored

    def test_the_command_does_the_same_and_undoes_it(self, client, app, tmp_path: Path) -> None:
        before, path = self.now(), tmp_path / NAME
        path.write_bytes(self.file(3))
        imports, undoes = self.commands
        run = app.test_cli_runner().invoke
        with somebody_writing():
            dry = run(args=[*imports, str(path), "--dry-run", "--json"])
        assert (dry.exit_code, self.now()) == (0, before), dry.output
        done = json.loads(run(args=[*imports, str(path), "--json"]).stdout)
        assert done["new"] == 3
        assert self.now() != before
        number = str(done["import"])
        undone = run(args=[*undoes, number, "--reason", REASON])
        assert (undone.exit_code, self.now()) == (0, before), undone.output
        assert run(args=[*undoes, "99", "--reason", REASON]).exit_code != 0

    def test_queries_do_not_grow_with_the_rows(self, client, people, count_queries) -> None:
        user_id = getattr(people, self.sender)

        def parsed(change: int) -> Callable[[int], Any]:
            return lambda size: self.parsed(self.file(size, change))

        def look(file: Any) -> ImportOutcome:
            return compare(self.declared, db.session.get_one(User, user_id), file, self.given())

        def write(file: Any) -> ImportBatch | None:
            return self.write(user_id, file)

        for work in (look, write):  # new, then where it can be changed, then unchanged
            for change in (0, 1, 1):
                few, many = at_two_sizes(count_queries, parsed(change), work)
                assert few == many <= self.queries, (work, change)
                db.session.commit()

    def test_queries_of_an_undo_do_not_grow_with_the_rows(
        self, client, people, count_queries
    ) -> None:
        user_id = getattr(people, self.sender)

        def prepare(size: int) -> int:
            made = [self.write(user_id, self.parsed(self.file(size, n))) for n in (0, 1)]
            return next(batch.id for batch in reversed(made) if batch is not None)

        def undo(number: int) -> None:
            batch = db.session.get_one(ImportBatch, number)
            undo_import(db.session.get_one(User, user_id), batch, REASON)

        few, many = at_two_sizes(count_queries, prepare, undo)
        assert few == many <= self.queries
