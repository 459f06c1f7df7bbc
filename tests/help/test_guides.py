"""A guide is found from the screens that it is about, not only by searching (SPEC 13)."""

from pathlib import Path

import pytest

import obcms
from obcms.help.reads import guides

SCREENS = [
    path.read_text()
    for kind in ("*.html", "*.py")
    for path in Path(obcms.__file__).parent.rglob(kind)
]


@pytest.mark.parametrize("name", guides())
def test_a_screen_leads_to_each_guide(name: str) -> None:
    links = (f"guide='{name}'", f'("{name}", "About')
    assert any(link in text for text in SCREENS for link in links)


@pytest.mark.parametrize("address", ["ppa", "organization", "security-event"])
def test_lists_lead_to_their_guides(people, sign_in_as, address: str) -> None:
    page = sign_in_as(people.administrator).get(f"/admin/{address}/").text
    assert "/admin/help/searching" in page
    assert ("/admin/help/security-events" in page) is (address == "security-event")
