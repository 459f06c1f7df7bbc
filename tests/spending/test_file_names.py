"""A file's name is stripped of where it lay."""

import pytest

from obcms.kernel.rules.file_names import file_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("or-117.pdf", "or-117.pdf"),
        ("C:\\Users\\maria\\OR 117.pdf", "OR 117.pdf"),
        ("\\\\server\\share\\or.pdf", "or.pdf"),
        ("/home/maria/or.pdf", "or.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\or.pdf", "or.pdf"),
        ("a\\b/c\\d.pdf", "d.pdf"),
        ("C:or.pdf", "or.pdf"),
        ("or\r\nX-Header: 1.pdf", "orX-Header: 1.pdf"),
        ("..", ""),
        ("folder/..", ""),
        ("", ""),
        ("Resibo ñ.png", "Resibo ñ.png"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_only_the_name_is_kept(given: str, kept: str) -> None:
    assert file_name(given) == kept
