"""Lists: filters, search and what the dashboard links to."""

import re

import pytest

from obcms.kernel.extensions import db
from tests.support.factories import make_ppa, track


@pytest.fixture
def client(app, people, sign_in_as):
    ppa = make_ppa(title="Nutrition")
    track(ppa)
    make_ppa(moa="MAFAR", title="Rice and corn", code="MAFAR-2031-900")
    db.session.commit()
    return sign_in_as(people.administrator)


def codes(client, address: str) -> set[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    return set(re.findall(r'class="code"[^>]*>([A-Z]+)-2031', answer.text))


def test_the_dashboard_leads_to_a_ministrys_ppas(client) -> None:
    page = client.get("/admin/").text
    link = re.search(r'href="(/admin/ppa/\?[^"]+)"><b>MAFAR', page)[1]
    assert codes(client, link) == {"MAFAR"}
    assert codes(client, "/admin/ppa/") == {"MAFAR", "MOH"}


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/admin/ppa/?flt0_tracked_is=1", {"MOH"}),
        ("/admin/ppa/?flt0_tracked_is=0", {"MAFAR"}),
        ("/admin/ppa/?flt0_status_is=planning", {"MAFAR", "MOH"}),
        ("/admin/ppa/?flt0_status_is=completed", set()),
        ("/admin/ppa/?search=rice", {"MAFAR"}),
        ("/admin/work-item/?flt0_status_is=not_started", {"MOH"}),
        ("/admin/work-item/?search=Core", {"MOH"}),
    ],
)
def test_filters_and_search(client, address: str, found: set[str]) -> None:
    assert codes(client, address) == found


@pytest.mark.parametrize(
    "address",
    [
        "/admin/ppa/?flt0_status_is=nonsense",
        "/admin/ppa/?flt0_tracked_is=perhaps",
        "/admin/ppa/?flt0_moa_is=99999999999999999999",
        "/admin/ppa/?flt0_moa_is=x",
        "/admin/ppa/?page=-5&page_size=0&sort=99&desc=x",
        "/admin/ppa/?page=999999999",
        "/admin/ppa/?page=99999999999999999999999",
        "/admin/ppa/?flt0_fiscal_year_is=99999999999999",
        "/admin/audit/?flt0_row_key_equals=x&flt1_action_is=7",
        "/admin/work-item/?flt0_due_equals=nonsense",
        "/admin/work-item/edit/?id=99999999999999999999",
        "/admin/ppa/edit/?id=x",
        "/admin/import/99999999999999999999/",
        "/admin/ppa/99999999999999999999/",
    ],
)
def test_a_wrong_value_in_the_address_is_never_a_fault(client, address: str) -> None:
    assert client.get(address).status_code in (200, 302, 404)
