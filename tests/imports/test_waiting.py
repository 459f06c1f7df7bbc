"""Uploads wait for a worker, in turn and with progress (SPEC 13)."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from obcms.imports import jobs, turns
from obcms.imports.declared import ImportDefaults
from obcms.imports.models import ImportUpload, UploadState
from obcms.imports.ppa_list import PPA_LIST
from obcms.imports.read_file import Read
from obcms.imports.turns import begin_next, note_read
from obcms.imports.uploads import keep_upload
from obcms.imports.waiting import note_progress
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.intake import limits
from obcms.kernel.jobs.heartbeat import PROMPT_WORKER, beat
from obcms.kernel.jobs.processes import run_worker
from obcms.kernel.jobs.queue import prompt_queue
from obcms.kernel.jobs.runner import run_slot
from obcms.people.models import User
from tests.imports import hostile
from tests.imports.waiting import ADDRESS, read_next, upload, upload_and_read
from tests.support.processes import free_port

LIST = b"Code,Title,Budget\nMOH-2025-901,Water,5\n"


@pytest.fixture
def staff(people, sign_in_as) -> FlaskClient:
    return sign_in_as(people.moa_staff)


def uploads() -> list[ImportUpload]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(ImportUpload).order_by(ImportUpload.id)))


def keep(user_id: int, name: str = "a.csv") -> int:
    upload_id = keep_upload(
        db.session.get_one(User, user_id), PPA_LIST, name, LIST, ImportDefaults()
    ).id
    db.session.commit()
    return upload_id


def begin() -> int | None:
    upload = begin_next(utc_now())
    number = upload and upload.id
    db.session.commit()
    return number


def test_the_web_server_keeps_the_file_and_opens_nothing_of_it(staff, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "read_file", None)
    answer = upload(staff, hostile.zeros())
    assert answer.status_code == 302
    page = staff.get(answer.headers["Location"]).text
    assert "no worker is running" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert [one.state for one in uploads()] == [UploadState.WAITING]


def test_whoever_waits_is_told_how_far_it_is(app: Flask, staff) -> None:
    address = upload(staff, LIST).headers["Location"]
    beat(app.extensions["redis"], PROMPT_WORKER, "one")
    assert staff.get(f"{address}progress").json["said"] == "Your file waits to be read"
    note_progress(uploads()[0].id, "Reading sheet 2 of 5, 12,000 rows")
    assert "Reading sheet 2 of 5, 12,000 rows …" in staff.get(address).text
    told = staff.get(f"{address}progress")
    assert told.json == {"settled": False, "said": "Reading sheet 2 of 5, 12,000 rows"}
    assert told.headers["Cache-Control"] == staff.get(address).headers["Cache-Control"]
    assert told.headers["Cache-Control"] == "no-store"


def test_progress_is_the_owners_alone(staff, people, sign_in_as) -> None:
    address = upload(staff, LIST).headers["Location"] + "progress"
    assert sign_in_as(people.outsider).get(address).status_code == 404
    assert sign_in_as(people.administrator).get(address).status_code == 404


def test_a_worker_reads_what_was_uploaded(app: Flask, staff, capfd) -> None:
    address = upload(staff, LIST).headers["Location"]
    db.session.remove()
    run_worker(burst=True, prompt_only=True)
    assert "MOH-2025-901" in staff.get(address).text
    assert staff.get(f"{address}progress").json["settled"] is True


def test_a_refused_file_says_why_and_cannot_be_imported(staff) -> None:
    address = upload_and_read(staff, hostile.empty_strings())
    page = staff.get(address)
    assert (page.status_code, "more than 250,000 texts" in page.text) == (200, True)
    assert staff.post(address, data={"valid_rows": "1"}).status_code == 409


def test_a_file_that_is_not_read_yet_cannot_be_imported(staff) -> None:
    address = upload(staff, LIST).headers["Location"]
    answer = staff.post(address, data={"valid_rows": "1"})
    assert (answer.status_code, "not read yet" in answer.text) == (409, True)


def test_without_the_queue_nothing_is_kept(
    app: Flask, staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Redis(port=free_port(), retry=Retry(NoBackoff(), 0)) as away:
        monkeypatch.setitem(app.extensions, "redis", away)
        answer = upload(staff, LIST)
    assert answer.status_code == 503
    assert "the queue of work does not answer. Nothing was kept" in answer.text
    assert uploads() == []


def test_a_lost_call_is_made_again_by_whoever_waits(app: Flask, staff) -> None:
    address = upload(staff, LIST).headers["Location"]
    app.extensions["redis"].flushall()
    staff.get(f"{address}progress")
    assert prompt_queue().count == 0  # it was called a moment ago
    with time_machine.travel(utc_now() + timedelta(seconds=10), tick=False):
        staff.get(f"{address}progress")
        staff.get(f"{address}progress")
    assert prompt_queue().count == 1


def test_one_of_each_ministry_is_read_at_a_time_and_each_comes_to_its_turn(people) -> None:
    first = [keep(people.moa_staff, f"{n}.csv") for n in range(3)]
    same_ministry, other = keep(people.moa_head), keep(people.outsider)
    assert begin() == first[0]
    assert begin() == other  # however many of the first wait before it
    assert begin() is None
    note_read(first[0], 1, None, "no")
    db.session.commit()
    late = keep(people.administrator)
    assert begin() == late  # was never served
    assert begin() == first[1]
    assert begin() is None
    assert same_ministry not in [one.id for one in uploads() if one.state == UploadState.READING]


def test_the_database_lets_no_two_of_a_ministry_be_read(people) -> None:
    keep(people.moa_staff), keep(people.moa_head)
    one, other = uploads()
    one.state = other.state = UploadState.READING
    with pytest.raises(IntegrityError, match=r"import_upload\.party|uq_import_upload_reading"):
        db.session.flush()
    db.session.rollback()


def test_nobody_fills_the_database_with_waiting_files(people) -> None:
    for _ in range(5):
        keep(people.moa_staff)
    with pytest.raises(Invalid, match="5 files of yours wait"):
        keep(people.moa_head)
    keep(people.outsider)


def test_a_reading_whose_worker_is_gone_is_taken_up_once_more(people) -> None:
    upload_id, began = keep(people.moa_staff), utc_now()
    begin()
    for minutes, expected in ((1, None), (2, upload_id), (5, None)):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            assert begin() == expected
    assert (uploads()[0].state, uploads()[0].problem) == (UploadState.REFUSED, turns.LOST)
    note_read(upload_id, 1, Read({}, b""), "")  # the worker that was thought gone
    db.session.commit()
    assert uploads()[0].state is UploadState.REFUSED


def test_what_a_disabled_user_sent_is_not_read(people, monkeypatch) -> None:
    keep(people.moa_staff)
    db.session.get_one(User, people.moa_staff).is_active = False
    db.session.commit()
    monkeypatch.setattr(jobs, "read_file", None)
    read_next()
    assert (uploads()[0].state, uploads()[0].problem) == (UploadState.REFUSED, turns.DISABLED)


def test_after_one_file_the_next_is_called_for(people) -> None:
    for _ in range(2):
        keep(people.moa_staff)
    read_next()
    assert [one.state.value for one in uploads()] == ["read", "waiting"]
    assert prompt_queue().count == 1


def test_abandoned_uploads_go_after_a_day_and_one_that_is_read_stays(people) -> None:
    read, reading = keep(people.moa_staff), keep(people.outsider)
    kept_since = utc_now()
    begin(), begin()
    note_read(read, 1, None, "no")
    db.session.commit()
    with time_machine.travel(kept_since + timedelta(hours=23), tick=False):
        assert run_slot("expire_uploads", "manual-1") == {"deleted": 0}
    with time_machine.travel(kept_since + timedelta(hours=25), tick=False):
        assert run_slot("expire_uploads", "manual-2") == {"deleted": 1}
    assert [one.id for one in uploads()] == [reading]


@pytest.mark.parametrize(
    "name",
    [
        "C:\\Users\\Ana\\list.csv",
        "../../list.csv",
        "/home/ana/list.csv",
        "li\nst.csv",
        "\\\\server\\share\\list.csv",
    ],
)
def test_a_files_name_loses_its_path(people, name: str) -> None:
    keep(people.moa_staff, name)
    assert uploads()[0].filename == "list.csv"


def test_an_empty_or_too_large_file_is_refused_at_once(staff, monkeypatch) -> None:
    assert "The file is empty." in upload(staff, b" \n").text
    monkeypatch.setattr(limits, "MAX_BYTES", 10)
    assert "The file is larger than" in upload(staff, b"eleven char").text
    assert db.session.scalar(select(func.count(ImportUpload.id))) == 0
    assert staff.get(ADDRESS).status_code == 200
