"""One search, the same on screens, in the API and in imports."""

import re
from urllib.parse import quote

import pytest
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.models import Organization
from obcms.organizations.record import ORGANIZATIONS
from obcms.people.models import User
from obcms.ppas.edit import edit_ppa
from obcms.ppas.models import PPA
from tests.api.conftest import ENTRIES
from tests.support.factories import make_ppa, track

TITLES = {
    "MOH-2031-901": "Ñandu farm, phase 1",
    "MOH-2031-902": "100% of barangays",
    "MOH-2031-903": "snake_case ^ of = things",
    "MAFAR-2031-904": "Rice and CORN mills in Ñanduville",
    "MAFAR-2031-905": "Straße und Café",
    "MAFAR-2031-906": "a/b back\\slash",
}
ALL = {code[-1] for code in TITLES}
ASKED = [
    ("ñandu", {"1", "4"}),
    ("ÑANDU", {"1", "4"}),
    ("nandu", {"1", "4"}),
    ("N\u0303andu", {"1", "4"}),
    ("corn rice", {"4"}),
    ("mafar corn", {"4"}),
    ("901 nandu health", {"1"}),
    ("ministry of health nandu", {"1"}),
    ("andu orn", {"4"}),
    ("rice\u00a0\u3000mills", {"4"}),
    ("ri\u200bce", {"4"}),
    ("rice nowhere", set()),
    ("%", {"2"}),
    ("_", {"3"}),
    ("^", {"3"}),
    ("=", {"3"}),
    ("^Rice", set()),
    ("=Rice", set()),
    ("R_ce", set()),
    ("R%e", set()),
    ("strasse", {"5"}),
    ("CAFÉ", {"5"}),
    ("a/b", {"6"}),
    ("back\\slash", {"6"}),
    ("\\", {"6"}),
    ("'", set()),
    (" ", ALL),
    ("\u200b", ALL),
]


@pytest.fixture
def filled(app, people) -> None:
    for code, title in TITLES.items():
        make_ppa(moa=code.partition("-")[0], code=code, title=title)
    db.session.commit()


def on_screen(client, asked: str, at: str = "search") -> set[str]:
    answer = client.get(f"/admin/ppa/?{at}={quote(asked)}")
    assert answer.status_code == 200
    return set(re.findall(r'class="code"[^>]*>[A-Z]+-2031-90(\d)', answer.text))


def in_api(client, asked: str, at: str = "search") -> set[str]:
    answer = client.get(f"{ENTRIES}?{at}={quote(asked)}")
    assert answer.status_code == 200, answer.text
    assert answer.json["count"] == len(answer.json["results"])
    return {one["code"][-1] for one in answer.json["results"]}


def test_the_screen_and_the_api_find_the_same(filled, people, call_as, sign_in_as) -> None:
    screen, api = sign_in_as(people.administrator), call_as(people.administrator)
    for asked, found in ASKED:
        assert on_screen(screen, asked) == found, asked
        assert in_api(api, asked) == found, asked


@pytest.mark.parametrize(
    ("asked", "found"),
    [("ñandu", {"1", "4"}), ("%", {"2"}), ("corn rice", {"4"}), ("^Rice", set()), ("_", {"3"})],
)
def test_a_filter_by_title_reads_it_as_the_search_does(
    filled, people, call_as, sign_in_as, asked: str, found: set[str]
) -> None:
    screen = sign_in_as(people.administrator)
    assert on_screen(screen, asked, "flt0_title_contains") == found
    assert on_screen(screen, asked, "flt0_title_not_contains") == ALL - found
    assert in_api(call_as(people.administrator), asked, "title") == found


def test_what_is_searched_follows_every_change(filled, people, call_as) -> None:
    api = call_as(people.administrator)
    ppa = db.session.scalars(select(PPA).where(PPA.code == "MOH-2031-901")).one()
    edit_ppa(SYSTEM, ppa, {"title": "Émus"})
    moa = db.session.scalars(select(Organization).where(Organization.acronym == "MAFAR")).one()
    ORGANIZATIONS.edit(SYSTEM, moa, {"acronym": "FISHERY", "name": "Áll that swims"})
    db.session.commit()
    assert in_api(api, "emus") == {"1"}
    assert in_api(api, "nandu") == {"4"}
    assert in_api(api, "fishery swims ALL") == {"4", "5", "6"}


def test_what_is_not_seen_is_not_found(filled, people, call_as, sign_in_as) -> None:
    assert in_api(call_as(people.moa_staff), "nandu") == {"1"}
    assert on_screen(sign_in_as(people.moa_staff), "mafar") == set()


def test_a_long_search_is_no_fault(filled, people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    assert on_screen(client, " ".join(str(number) for number in range(3000))) == set()


@pytest.mark.parametrize(
    ("asked", "found"),
    [("ñandú", 1), ("n%u", 0), ("n_ndu", 0), ("data NANDU", 1), ("^N", 0), ("=N", 0)],
)
def test_work_items_users_and_ministries_are_searched_alike(
    app, people, call_as, sign_in_as, asked: str, found: int
) -> None:
    items = track(make_ppa())
    items["Resources"].title = "Ñandu data"
    user = db.session.get_one(User, people.viewer)
    user.full_name = "Ñandu Data"
    ORGANIZATIONS.create(SYSTEM, {"acronym": "ND", "name": "Ñandu data"})
    db.session.commit()
    screen, api = sign_in_as(people.administrator), call_as(people.administrator)
    for path in ("work-items", "organizations"):
        assert api.get(f"/api/{path}/?search={quote(asked)}").json["count"] == found
    for path in ("work-item", "organization", "user"):
        page = screen.get(f"/admin/{path}/?search={quote(asked)}").text
        assert bool(re.search("(?i)ñandu data", page)) == bool(found), path
    people_found = screen.get(f"/admin/work-item/ajax/lookup/?name=assignees&query={quote(asked)}")
    assert len(people_found.json) == found


def test_a_tree_made_in_sets_is_found(app, people, call_as) -> None:
    track(make_ppa(), "program")
    db.session.commit()
    api = call_as(people.administrator)
    assert api.get("/api/work-items/?search=DESIGN%20program").json["count"] == 1


@pytest.mark.parametrize("title", ["ÑANDU  farm, phase 1", "nandu FARM, phase 1"])
def test_an_import_knows_a_title_again(filled, app, tmp_path, title: str) -> None:
    file = tmp_path / "moh.csv"
    file.write_text(f'Title,Budget\n"{title}",1000\n', encoding="utf-8")
    command = ["ppa", "import", str(file), "--moa", "MOH", "--fiscal-year", "2031"]
    answer = app.test_cli_runner().invoke(args=command)
    assert answer.output.startswith("0 new, 1 changed"), answer.output
