"""A page brings the style sheets of what stands on it, whichever slice they belong to."""

import re
from collections import defaultdict
from pathlib import Path

import flask_admin
import lxml.html
import pytest
from flask import Flask

from obcms.kernel.extensions import db
from tests.house.rules.source import ROOT
from tests.support.factories import make_alert, make_ppa

KERNEL = "/static/app.css"
BOOTSTRAP = Path(flask_admin.__file__).parent / "static/bootstrap/bootstrap4/css/bootstrap.min.css"
BEGINS = re.compile(r"(?:^|[,{}]) *\.([a-zA-Z][\w-]*)", re.MULTILINE)


def sheets() -> dict[str, set[str]]:
    """The style sheets by the classes that their rules begin with, each by its address."""
    found = defaultdict(set)
    bootstrap = set(BEGINS.findall(BOOTSTRAP.read_text(encoding="utf-8")))
    for path in ROOT.glob("obcms/**/static/*.css"):
        folder = path.parent.parent
        kernel = folder.name == "screens"
        address = f"/static/{path.name}" if kernel else f"/static/{folder.name}/{path.name}"
        for name in set(BEGINS.findall(path.read_text(encoding="utf-8"))) - bootstrap:
            found[name].add(address)
    return found


SHEETS = sheets()


def unstyled(page: str) -> set[str]:
    """The classes on the page that only sheets style which it does not bring."""
    html = lxml.html.document_fromstring(page)
    brought = set(html.xpath("//link[@rel='stylesheet']/@href"))
    names = {name for value in html.xpath("//@class") for name in value.split()}
    return {name for name in names & SHEETS.keys() if not SHEETS[name] & brought}


def pages(app: Flask) -> list[str]:
    """Every page of its own that is read without saying what of."""
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in rule.methods)
    return [str(rule) for rule in rules if not rule.arguments and "/api/" not in str(rule)]


def test_every_page_brings_what_styles_it(people, sign_in_as, app) -> None:
    client, looked_at = sign_in_as(people.administrator), 0
    for address in pages(app):
        answer = client.get(address, follow_redirects=True)
        if answer.mimetype == "text/html" and KERNEL in answer.text:
            assert unstyled(answer.text) == set(), address
            looked_at += 1
    assert looked_at > 30


def test_the_page_of_a_record_brings_what_styles_it(people, sign_in_as) -> None:
    ppa = make_ppa()
    alert = make_alert(ppa)
    db.session.commit()
    client = sign_in_as(people.administrator)
    for address in (
        f"/admin/ppa/{ppa.id}/",
        f"/admin/alerts/{alert.id}/",
        "/admin/alerts/",
        f"/admin/user/edit/?id={people.viewer}",
        f"/admin/user/{people.viewer}/password",
        "/admin/structure-template/edit/?id=1",
        "/admin/help/alerts",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert unstyled(answer.text) == set(), address


@pytest.mark.parametrize("address", ["/sign-in", "/admin/nothing"])
def test_a_page_for_strangers_brings_what_styles_it(app, address: str) -> None:
    assert unstyled(app.test_client().get(address).text) == set()
