"""The forms in which text is compared and searched."""

import pytest

from obcms.kernel.rules.folding import LONGEST_KEY, code_form, code_key, name_key, search_form


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  moh  ac-1\n", "MOH AC-1"),
        ("moh - ac \u2013 1", "MOH-AC-1"),
        ("\uff2d\uff2f\uff28-\u2460", "MOH-1"),
        ("mo\u200bh-\ufeff1", "MOH-1"),
        ("stra\u00dfe-1", "STRASSE-1"),
    ],
)
def test_a_code_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert code_form(typed) == kept
    assert code_form(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "М\u041eН-AC-1",  # Cyrillic capitals
        "mo\u03b7-ac-1",  # a small eta, whose capital is drawn as an H
        "m\u03bfh-\u0430c-1",
        "\uff2doh-ac-1",
    ],
)
def test_letters_drawn_alike_have_one_key(typed: str) -> None:
    assert code_key(typed) == code_key("MOH-AC-1")


@pytest.mark.parametrize("key", [code_key, name_key])
def test_a_key_fits_its_column(key) -> None:
    # One ligature becomes as many as 18 letters.
    assert len(key("\ufdfa" * 250)) == LONGEST_KEY


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("two\nlines\tof", "two lines of"),
        ("a \u00b4 b", "a b"),  # an accent by itself comes apart into a blank and itself
        ("\u1d2cB", "ab"),  # a raised A has a small form only once it is a letter
        ("\u00d1and\u00fa STRA\u00dfE", "nandu strasse"),
        ("N\u0303a", "na"),
        ("ri\u200bce", "rice"),
    ],
)
def test_a_text_is_searched_in_one_form(text: str, form: str) -> None:
    assert search_form(text) == form
    assert search_form(form) == form
