"""Who writes beside a preview does not wait for it (SPEC 13)."""

import threading
import time
from dataclasses import replace
from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import select

from obcms.imports.compare import compare
from obcms.imports.declared import ImportDefaults, Records
from obcms.imports.ppa_list import PPA_LIST
from obcms.kernel.db.connections import reading
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.reads import find_moa
from obcms.ppas.edit import edit_ppa
from obcms.ppas.models import PPA
from tests.support.factories import make_ppa
from tests.support.imports import parse_file

WRITERS = 2


def test_writers_are_done_while_a_preview_is_still_looking(app: Flask) -> None:
    codes = [make_ppa().code for _ in range(WRITERS)]
    given = ImportDefaults(find_moa("MOH").id, 2031)
    db.session.commit()
    rows = "\n".join(f"{code},Renamed,5" for code in codes).encode()
    parsed = parse_file(BytesIO(b"Code,Title,Budget\n" + rows), "list.csv")
    took: list[float] = []

    def write(code: str) -> None:
        with app.app_context():
            began = time.monotonic()
            ppa = db.session.scalars(select(PPA).where(PPA.code == code)).one()
            edit_ppa(SYSTEM, ppa, {"summary": "Beside"})
            db.session.commit()
            took.append(time.monotonic() - began)
            db.session.remove()

    def in_between(*args: Any) -> Records:
        """All is read, and no row is judged yet: the preview is in the middle of its work."""
        records = PPA_LIST.records(*args)
        writers = [threading.Thread(target=write, args=(code,)) for code in codes]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(5)
        return records

    with reading():
        outcome = compare(replace(PPA_LIST, records=in_between), SYSTEM, parsed, given)
        db.session.rollback()
    assert len(outcome.rows) == WRITERS
    assert len(took) == WRITERS
    assert max(took) < 4
