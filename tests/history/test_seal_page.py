"""The seal's page: for those who may read the trail; it shows the head and checks on demand."""

from flask import Flask

from obcms.kernel.extensions import db
from tests.kernel.audit.tampering import add_entries, seal_all, tamper


def test_it_is_closed_to_who_may_not_read_the_trail(app: Flask, people, sign_in_as) -> None:
    client = sign_in_as(people.outsider)
    assert client.get("/admin/audit-seal/").status_code == 403
    assert client.post("/admin/audit-seal/check").status_code == 403


def test_it_shows_the_head_and_what_waits(app: Flask, people, sign_in_as) -> None:
    head = seal_all().head
    add_entries(2)
    page = sign_in_as(people.coa_auditor).get("/admin/audit-seal/").text
    assert head.hash in page
    assert "<span>Waiting to be sealed</span><b>2</b>" in page


def test_a_check_names_what_is_wrong(app: Flask, people, sign_in_as) -> None:
    add_entries(3)
    head = seal_all().head
    last = head.entry_id
    client = sign_in_as(people.coa_auditor)
    good = client.post("/admin/audit-seal/check", follow_redirects=True).text
    assert f"The latest {head.position} sealed entries are as they were." in good
    db.session.remove()
    tamper(f"UPDATE audit_entry SET row_key = 'x' WHERE id = {last}")
    bad = client.post("/admin/audit-seal/check", follow_redirects=True).text
    assert f"entry {last} was changed" in bad
