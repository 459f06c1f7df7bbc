"""What an import changes was written by whoever imported it (SPEC 7)."""

from flask import Flask
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus
from tests.approval.test_steps import walk
from tests.approval.test_writers_kept import drafted, refuse
from tests.imports.waiting import apply, read_next, upload
from tests.imports.workbooks import write


def test_who_imported_it_does_not_endorse_it(app, people, sign_in_as, tmp_path) -> None:
    ppa = drafted(fiscal_year=2025)
    number, client = ppa.id, sign_in_as(people.oobc_staff)
    rows = [["Code", "Title", "Amount"], [ppa.code, "Wells", 900000], [None, "Roads", 5000]]
    content = write(tmp_path / "list.xlsx", rows).read_bytes()
    sent = upload(client, content, str(ppa.implementing_moa_id))
    assert sent.status_code == 302, sent.text
    read_next()
    assert apply(client, sent.headers["Location"]).status_code == 302
    db.session.remove()
    changed = db.session.get_one(PPA, number)
    assert changed.title == "Wells"
    refuse(people, changed)
    refuse(people, db.session.scalars(select(PPA).where(PPA.title == "Roads")).one())


def test_a_command_that_imports_is_nobody(app: Flask, people, tmp_path) -> None:
    ppa = drafted()
    file = tmp_path / "list.csv"
    file.write_text(f"Code,Title,Amount\n{ppa.code},Another title,900000.00\n")
    done = app.test_cli_runner().invoke(args=["ppa", "import", str(file)])
    assert done.exit_code == 0, done.output
    db.session.expire_all()
    assert ppa.title == "Another title"
    walk(people, ppa, 4)
    assert ppa.approval_status is ApprovalStatus.EXECUTIVE_APPROVAL
