"""What is said of an import so that it can be tested, and how a file of it is sent (see
`import_case`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from obcms.imports.apply import Source, apply_import, digest
from obcms.imports.declared import Import, ImportDefaults
from obcms.imports.models import ImportBatch
from obcms.imports.read_file import read_file
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.people.models import User
from tests.imports.waiting import apply, upload_and_read

NAME = "list.csv"
REASON = "The wrong file"


@contextmanager
def somebody_writing() -> Iterator[None]:
    """Somebody else has begun to write: on SQLite the one lock is taken."""
    db.session.rollback()
    with db.engine.connect() as connection:
        connection.execute(text("UPDATE organization SET name = name"))
        yield
        connection.rollback()


class ImportData:
    """`address` is where its pages stand, `sender` one of the people who may send a file, `other`
    one of another ministry who may too, or "" where all see all.

    `asked` is the question of a doubtful file, `answers` what the page sends for it. `overtaking`
    and `touching` are what the refusals name then. `commands` are those of import and undo;
    `queries` the most that an apply takes, at any size.
    """

    declared: ClassVar[Import]
    address: ClassVar[str]
    sender: ClassVar[str]
    other: ClassVar[str]
    asked: ClassVar[str]
    answers: ClassVar[Mapping[str, str]]
    overtaking: ClassVar[Sequence[str]]
    touching: ClassVar[Sequence[str]]
    commands: ClassVar[tuple[Sequence[str], Sequence[str]]]
    queries: ClassVar[int] = 35

    def prepare(self) -> None:
        """What has to stand before a file is sent."""

    def file(self, size: int, change: int = 0) -> bytes:
        """So many new records, unlike those of another size; with a `change` all of them anew."""
        raise NotImplementedError

    def doubtful(self, number: int, renamed: bool = False) -> bytes:
        """New records in a file that leaves something open; `renamed` has other headings."""
        raise NotImplementedError

    def state(self) -> Any:
        """What stands now of what such files bring; equal after an undo to what was before."""
        raise NotImplementedError

    def given(self) -> ImportDefaults:
        """What the command's options, or the form, say."""
        return ImportDefaults()

    def overtake(self) -> None:
        """Somebody else does what changes the preview of a small file."""
        raise NotImplementedError

    def touch(self) -> None:
        """Somebody builds on what a small file brought."""
        raise NotImplementedError

    @pytest.fixture
    def app(self, queueing_app: Flask) -> Flask:
        """On a queue of its own, as uploads wait there for a worker."""
        return queueing_app

    @pytest.fixture
    def client(self, people: Any, sign_in_as: Callable[[int], FlaskClient]) -> FlaskClient:
        """Signed in as the sender, with all prepared."""
        self.prepare()
        db.session.commit()
        return sign_in_as(getattr(people, self.sender))

    def send(self, client: FlaskClient, content: bytes) -> str:
        """The address of its preview."""
        return upload_and_read(client, content, NAME, self.address)

    def imported(self, client: FlaskClient, content: bytes) -> str:
        """The address of the page of the import."""
        answer = apply(client, self.send(client, content), "all_or_nothing")
        assert answer.status_code == 302, answer.text
        assert "/done/" in answer.headers["Location"]
        return answer.headers["Location"]

    def undo(self, client: FlaskClient, page: str) -> Any:
        return client.post(f"{page}undo", data={"reason": REASON})

    def now(self) -> Any:
        """The state as others see it."""
        db.session.rollback()
        db.session.expire_all()
        found = self.state()
        db.session.rollback()
        return found

    def audited(self) -> int:
        db.session.rollback()
        return db.session.scalar(select(func.count(AuditEntry.id)))

    def parsed(self, content: bytes) -> Any:
        return self.declared.from_json(read_file(self.declared, content, NAME).parsed)

    def write(self, user_id: int, file: Any) -> ImportBatch | None:
        actor, source = db.session.get_one(User, user_id), Source(NAME, digest(b""))
        return apply_import(self.declared, actor, file, self.given(), source)[1]
