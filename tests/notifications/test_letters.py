"""A mail is readable as text and as HTML, leads to the thing, and obeys no text that it carries."""

from datetime import date

import pytest
from flask import Flask

from obcms.calendar.days import in_both_calendars
from obcms.kernel.extensions import db
from tests.notifications.told import a_user, deliver, tell

pytestmark = pytest.mark.usefixtures("app", "clock")
HOSTILE = "<script>alert(1)</script>\r\nBcc: all@example.invalid"


def _plain(body: str) -> str:
    return body.replace("<b>", "").replace("</b>", "")


def the_mail(server):
    ((_, mail),) = server.arrived
    return mail


def test_it_says_what_to_do_by_when_and_leads_there(app: Flask, server) -> None:
    app.config["OBCMS"].public_url = "https://obcms.oobc.example"
    tell(a_user("maria", full_name="Maria Cruz"))
    deliver()
    mail = the_mail(server)
    assert mail["To"] == "maria@example.invalid"
    assert mail["Subject"] == "Survey is due"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Tue, 07 Jan 2031 02:00:00 +0000"
    assert mail.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,)).get_content()
        assert "Dear Maria Cruz," in body
        assert "The item Survey of MOH-2031-001 is due." in body
        assert "Report its progress." in body
        assert f"By: {in_both_calendars(date(2031, 1, 14))}" in " ".join(_plain(body).split())
        assert "https://obcms.oobc.example/admin/ppa/1/work-items" in body
        assert "https://obcms.oobc.example/account" in body


def test_an_address_without_an_account_is_offered_no_account_page(server) -> None:
    tell("budget@example.invalid")
    deliver()
    text = the_mail(server).get_body(("plain",)).get_content()
    assert "Dear colleague," in text
    assert "/account" not in text


def test_hostile_texts_are_only_texts(server) -> None:
    tell(a_user("maria", full_name="<i>M</i>"), subject=HOSTILE, what=HOSTILE, to_do=HOSTILE)
    deliver()
    mail = the_mail(server)
    assert mail["Subject"] == "<script>alert(1)</script> Bcc: all@example.invalid"
    assert mail["Bcc"] is None
    assert server.to == ["maria@example.invalid"]
    html = mail.get_body(("html",)).get_content()
    assert "<script" not in html
    assert "<i>" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 4  # the title, and three texts
    assert "<script>alert(1)</script>" in mail.get_body(("plain",)).get_content()


def test_letters_of_any_language_arrive_as_they_were_written(server) -> None:
    told = "Pagpupulong ng Sangguniáng Bayan – ₱1,234.50 · بنجسامورو"
    tell(a_user("maria"), subject=told, what=told)
    deliver()
    mail = the_mail(server)
    assert mail["Subject"] == told
    for kind in ("plain", "html"):
        assert told in mail.get_body((kind,)).get_content()


def test_an_address_that_cannot_be_written_to_holds_up_nobody(server) -> None:
    maria = a_user("maria", email="line\nbreak@example.invalid")
    tell(maria, "good@example.invalid")
    db.session.remove()
    summary = deliver()
    assert (summary["sent"], summary["put_off"]) == (1, 1)
    assert "No mail can be written to this address" in summary["errors"][0]["error"]
