"""The worked year again, through the API; acts are imported, which the API does not do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.ledger.worked_year import Verdict, WorkedYear

LINES, ENTRIES = "/api/budget-lines/", "/api/fund-entries/"


@dataclass
class YearByAPI(WorkedYear):
    """`call_as` gives a client with the token of a user, by its id."""

    call_as: Callable[[int], FlaskClient] = None

    def client(self, row: dict[str, str]) -> FlaskClient:
        """Of who does the row; tokens end, so each row has its own."""
        return self.call_as(self.users[row["by_role"], row["by_office"]])

    def _verdict(self, rows: list[dict[str, str]]) -> Verdict:
        if rows[0]["kind"] == "act":
            return super()._verdict(rows)
        self.said = None
        self._do(rows)
        if self.said.status_code < 300:
            return Verdict("")
        told = self.said.json
        assert self.said.status_code in (403, 404, 409, 422), told
        return Verdict(
            "", told.get("code", ""), told.get("available", ""), told.get("breaks_on", "")
        )

    def _do(self, rows: list[dict[str, str]]) -> None:
        row = rows[0]
        if row["kind"] == "close":
            year, month, _ = map(int, row["posting_date"].split("-"))
            self._send(row, "/api/fund-quarters/", year=year, quarter=month // 3, action="close")
        elif row["kind"] == "void":
            voided = self.entries[row["adjusts"]]
            self._send(row, f"{ENTRIES}{voided}/void/", reason=row["remarks"])
        else:
            super()._do(rows)

    def _posted_movement(self, row: dict[str, str], values: dict[str, Any]) -> None:
        self._send(row, "/api/fund-movements/", **values)

    def _posted_entry(self, row: dict[str, str], values: dict[str, Any]) -> tuple[int, int] | None:
        given = {
            name.removesuffix("_id"): value
            for name, value in values.items()
            if value not in (None, "")
        }
        answer = self._send(row, f"{LINES}{self.lines[row['line']]}/fund-entries/", **given)
        if answer.status_code != 201:
            return None
        return answer.json["id"], answer.json["obligation"]

    def _send(self, row: dict[str, str], address: str, **body: Any) -> TestResponse:
        self.said = self.client(row).post(address, json=body)
        return self.said
