"""A receipt is told by its first bytes, kept with its digest, and refused when it is too large."""

from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy import func, select

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.spending.expenditures import MAX_RECEIPT_BYTES, NewExpenditure, post_expenditure
from obcms.spending.models import Expenditure
from tests.support.factories import make_ppa, track

PNG = b"\x89PNG\r\n\x1a\n"


def post(content: bytes, name: str = "scan.pdf") -> Expenditure:
    item = track(make_ppa())["Core work"]
    line = NewExpenditure(
        date(2025, 1, 6), Decimal(100), "Fuel", receipt_name=name, receipt=content
    )
    return post_expenditure(SYSTEM, item, line)


@pytest.mark.parametrize(
    ("start", "kind"),
    [(b"%PDF-1.7", "application/pdf"), (PNG, "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg")],
)
def test_its_first_bytes_tell_what_it_is_and_its_name_does_not(
    app: Flask, start: bytes, kind: str
) -> None:
    receipt = post(start + b"rest", "page.html").receipt
    assert (receipt.content_type, receipt.filename) == (kind, "page.html")
    assert receipt.sha256 == sha256(start + b"rest").hexdigest()


@pytest.mark.parametrize("content", [b"<html>", b" %PDF-1.7", b"PK\x03\x04"])
def test_anything_else_is_refused_with_the_whole_line(app: Flask, content: bytes) -> None:
    with pytest.raises(Invalid, match=r"must be a PDF, PNG or JPEG file") as refusal:
        post(content, "receipt.pdf")
    assert [problem.pointer for problem in refusal.value.problems] == ["receipt"]
    assert db.session.scalar(select(func.count(Expenditure.id))) == 0


def test_five_megabytes_fit_and_one_byte_more_does_not(app: Flask) -> None:
    whole = b"%PDF-" + b"x" * (MAX_RECEIPT_BYTES - 5)
    assert len(post(whole).receipt.content) == MAX_RECEIPT_BYTES == 5 * 1024 * 1024
    with pytest.raises(Invalid, match="larger than 5 MB") as refusal:
        post(whole + b"x")
    assert [problem.pointer for problem in refusal.value.problems] == ["receipt"]
