"""The guides are found by their words, shown safely, and lead nowhere else."""

import pytest

from obcms.help.reads import guides, search

NAMES = ["lost-phone", "security-events", "sessions", "signing-in"]


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_opens_for_everybody_who_is_signed_in(people, sign_in_as, name: str) -> None:
    answer = sign_in_as(people.viewer).get(f"/admin/help/{name}")
    assert answer.status_code == 200
    assert f"<h1>{guides()[name].title}</h1>" in answer.text


def test_what_is_no_guide_is_404(people, sign_in_as) -> None:
    client = sign_in_as(people.viewer)
    for name in ("nothing", "..", "signing-in.md", "%2e%2e%2fsecret"):
        assert client.get(f"/admin/help/{name}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "first"),
    [("phone", "lost-phone"), ("RECOVERY codes", "lost-phone"), ("sessions", "sessions")],
)
def test_the_search_finds_all_words_titles_first(asked: str, first: str) -> None:
    assert search(asked)[0][0].name == first


def test_nothing_found_is_said(people, sign_in_as) -> None:
    page = sign_in_as(people.viewer).get("/admin/help/?q=%3Cscript%3Ezebra").text
    assert "No guide holds all these words" in page
    assert "<script>zebra" not in page


def test_no_guide_holds_markup_of_its_own(monkeypatch, tmp_path) -> None:
    (tmp_path / "evil.md").write_text("# Evil\n\n<script>alert(1)</script> [x](javascript:alert)")
    monkeypatch.setattr("obcms.help.reads.PAGES", tmp_path)
    guides.cache_clear()
    try:
        html = guides()["evil"].html
    finally:
        guides.cache_clear()
    assert "<script" not in html
    assert 'href="javascript' not in html
