"""The process that reads a file, whatever the reading does there (SPEC 13)."""

import subprocess
import sys
from pathlib import Path

import pytest

from obcms import SLICES
from obcms.imports.declared import IMPORTS
from obcms.imports.read_file import MODULE
from obcms.kernel.errors import Invalid
from obcms.kernel.intake import child, limited
from obcms.kernel.slices import load_parts


@pytest.mark.usefixtures("real_readings")
@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("allocate", "more than 400 MB of memory"),
        ("compute", "more than 20 seconds of computing"),
        ("wait", "did not end within"),
        ("crash", "ended without an answer"),
        ("fail", "ended without an answer"),
    ],
)
def test_whatever_the_reading_does_there_is_an_answer(
    task: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if task == "wait":
        monkeypatch.setattr(limited.limits, "WALL_SECONDS", 2)
    with pytest.raises(Invalid, match=said):
        limited.read_limited(f"tests.imports.hostile_tasks:{task}", b"x", "file.xlsx")


@pytest.mark.parametrize(
    ("task", "logged"),
    [
        ("fail", "in fail\n"),
        ("nowhere", "has no attribute 'nowhere'"),
        ("crash", "The process that reads a file ended with "),
    ],
)
def test_what_went_wrong_there_is_logged(task: str, logged: str, caplog) -> None:
    with pytest.raises(Invalid, match="ended without an answer"):
        limited.read_limited(f"tests.imports.hostile_tasks:{task}", b"x", "file.xlsx")
    [record] = caplog.records
    assert logged in record.getMessage()


@pytest.mark.parametrize("start", ["real_readings", "cheap"])
def test_what_reads_a_file_has_no_secret_and_writes_nothing(
    start: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    request.getfixturevalue(start)
    monkeypatch.setenv("SECRET_KEY", "of the house")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nowhere")
    task = "tests.imports.hostile_tasks:look_around"
    found = limited.read_limited(task, b"x", str(tmp_path / "written"))
    assert not {"SECRET_KEY", "DATABASE_URL"} & set(found["names"])
    assert found["written"] == "File too large"


def test_what_reads_a_file_knows_nothing_of_the_application() -> None:
    load_parts(SLICES)  # each import declares itself there
    tasks = [one.task.partition(":")[0] for one in IMPORTS.values()]
    assert len(set(tasks)) == 3
    names = f"import sys, {', '.join([child.__name__, MODULE, *tasks])}; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", names], capture_output=True, text=True, check=True
    )
    packages = {name.partition(".")[0] for name in found.stdout.split()}
    assert not {"flask", "sqlalchemy", "pydantic_settings", "psycopg2", "redis"} & packages
