"""What is wrong with a ledger entry: the same at every door (SPEC 6)."""

from typing import Any

DAY = "2025-03-03"
COMMON = {
    "appropriation_class": "mooe",
    "fund_cluster": "01",
    "amount": "100.00",
    "entry_date": DAY,
    "document_date": DAY,
    "reference": "N-9",
}
GOOD = {
    "obligation": {"payee": "Kalilintad Catering"},
    "obligation_adjustment": {"obligation": "ORS-1"},
    "payable": {
        "obligation": "ORS-1",
        "acceptance_number": "IAR-9",
        "acceptance_date": DAY,
    },
    "payable_adjustment": {"obligation": "ORS-1"},
    "disbursement": {"obligation": "ORS-1", "mode": "check"},
    "disbursement_adjustment": {"disbursement": "DV-1", "amount": "-1.00"},
    "liquidation": {"disbursement": "DV-1"},
    "allotment": {},
    "appropriation": {},
}
TURNED = "Fuel\u202eleuF"
LINES = ("x\x01", "x\0", TURNED, "x\u2066")
AMOUNTS = ("", " ", "0", "0.00", "1.005", "plenty", "1e5", "NaN", "Infinity", "9" * 13, "1,2,3")
DAYS = ("2025-02-30", "1989-12-31", "2101-01-01", "someday", "03/02/2025")
Bad = tuple[str, dict[str, Any], list[str]]  # the kind, what is said otherwise, where it is refused
BAD: list[Bad] = [
    *(("obligation", {"kind": kind}, ["kind"]) for kind in ("", " ", "gift")),
    *(("obligation", {name: None}, [name]) for name in ("kind", "amount", "reference", "payee")),
    *(("obligation", {"amount": amount}, ["amount"]) for amount in AMOUNTS),
    *(
        ("obligation", {name: day}, [name])
        for name in ("entry_date", "document_date")
        for day in DAYS
    ),
    ("payable", {"acceptance_date": "2025-02-30"}, ["acceptance_date"]),
    *(("obligation", {"appropriation_class": one}, ["appropriation_class"]) for one in ("", "xx")),
    ("obligation", {"fund_cluster": "99"}, ["fund_cluster"]),
    *(("obligation", {"reference": one}, ["reference"]) for one in ("", "  ", "\u200b", *LINES)),
    ("obligation", {"reference": "9" * 65}, ["reference"]),
    *(("obligation", {"payee": text}, ["payee"]) for text in ("", "   ", *LINES, "x" * 256)),
    *(("obligation", {"remarks": text}, ["remarks"]) for text in ("a\x08b", "x" * 10_001)),
    *(
        ("obligation", {"uacs_object_code": one}, ["uacs_object_code"])
        for one in ("123", "50203990001", "502039900A")
    ),
    ("payable", {"acceptance_number": "9" * 65}, ["acceptance_number"]),
    ("payable", {"acceptance_number": " "}, ["acceptance_number"]),
    ("payable", {"acceptance_date": ""}, ["acceptance_date"]),
    ("disbursement", {"mode": ""}, ["mode"]),
    ("disbursement", {"mode": "barter"}, ["mode"]),
    *(
        (kind, {"amount": "-5.00"}, ["amount"])
        for kind in ("obligation", "payable", "disbursement", "liquidation", "allotment")
    ),
    ("obligation", {"with_payable": True}, ["with_payable"]),
    ("payable", {"override_reason": "It has happened"}, ["override_reason"]),
    ("obligation_adjustment", {"override_reason": "x", "amount": "-1.00"}, ["override_reason"]),
    ("obligation", {"override_reason": "x" * 10_001}, ["override_reason"]),
    ("obligation", {"entry_date": "2099-12-31"}, ["entry_date"]),
    ("obligation", {"document_date": "2025-03-04"}, ["document_date"]),
    ("payable", {"acceptance_date": "2025-03-04"}, ["acceptance_date"]),
    ("obligation", {"entry_date": "2024-12-31", "document_date": "2024-12-31"}, ["amount"]),
    ("obligation", {"amount": "900000.01"}, ["amount"]),
    ("obligation", {"appropriation_class": "co"}, ["amount"]),
    ("obligation", {"reference": "ors-1"}, ["reference"]),
    ("payable", {"amount": "90000.01"}, ["amount"]),
    ("disbursement", {"amount": "4000.01"}, ["amount"]),
    ("payable", {"obligation": None}, ["obligation"]),
    ("payable", {"obligation": "ORS-VOID"}, ["obligation"]),
    ("payable", {"obligation": "ORS-OTHER"}, ["obligation"]),
    ("liquidation", {"disbursement": None}, ["disbursement"]),
    ("liquidation", {"disbursement": "DV-OTHER"}, ["disbursement"]),
    ("liquidation", {}, ["disbursement"]),
    ("disbursement_adjustment", {"amount": "-6000.01"}, ["amount"]),
    (
        "obligation",
        {"kind": "gift", "amount": "0", "reference": ""},
        ["kind", "amount", "reference"],
    ),
    (
        "obligation",
        {"amount": "0", "payee": "x" * 256, "reference": " "},
        ["amount", "reference", "payee"],
    ),
    (
        "disbursement",
        {"amount": "-5.00", "mode": "", "override_reason": "x"},
        ["amount", "mode", "override_reason"],
    ),
]


def said(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """What is said of an entry of this kind, good but for `values`; its rows by their numbers."""
    return COMMON | {"kind": kind} | GOOD[kind] | values
