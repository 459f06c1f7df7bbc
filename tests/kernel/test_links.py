"""Links in mails lead to where people open OBCMS."""

from pathlib import Path

import pytest

from obcms.kernel.config import BadSettings, load_settings
from obcms.kernel.links import full_address, path_of
from tests.support.apps import serving


@pytest.mark.parametrize(
    ("settings", "home"),
    [
        ({}, "http://localhost:8000"),
        ({"port": 8123}, "http://localhost:8123"),
        ({"allowed_hosts": ".oobc.example,other.example"}, "https://oobc.example"),
        (
            {"allowed_hosts": "oobc.example", "public_url": "http://10.0.0.7:8000/obcms/"},
            "http://10.0.0.7:8000/obcms",
        ),
    ],
)
def test_a_path_becomes_an_address(
    sqlite_uri: str, tmp_path: Path, settings: dict[str, object], home: str
) -> None:
    with serving(sqlite_uri, tmp_path, **settings):
        path = path_of("ppa_page.approval", ppa_id=7)
        assert (path, full_address(path)) == (path, home + path)
        assert path.startswith("/admin/ppa/7/")


@pytest.mark.parametrize(
    "wrong",
    [
        {"public_url": "obcms.example"},
        {"public_url": "https://"},
        {"public_url": "https://a.example/?x"},
        {"public_url": "javascript:alert(1)"},
        {"mfbm_analyst_emails": "ana@mfbm.example, nobody"},
        {"mfbm_analyst_emails": "a b@mfbm.example"},
    ],
)
def test_a_wrong_address_stops_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(BadSettings, match=r"obcms: (PUBLIC_URL|MFBM_ANALYST_EMAILS) is wrong"):
        load_settings(_env_file=None, **wrong)
