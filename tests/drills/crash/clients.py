"""Clients of the API that write without a pause and note what each was told."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Event
from typing import Any

from obcms.approval.rules.steps import Action
from obcms.kernel.permissions import Role
from tests.drills.crash.ledger import PREFIX, Kind, Ledger, Told

PATIENCE = 30  # seconds
AWAY = 0.1  # how long to wait where nobody listens
BUDGET, LEAST = 1_000_000_00, 300_000_00  # centavos
ENTRY, ITEM = "/api/monitoring/entries/{}/", "/api/work-items/{}/"
# Round and round: whose step follows at each stage, without ever leaving the review.
STEPS = {
    "draft": (Role.MOA_STAFF, Action.SUBMIT),
    "technical_review": (Role.BPDA_PLANNER, Action.ENDORSE),
    "budget_review": (Role.MFBM_ANALYST, Action.CERTIFY),
    "stakeholder_consultation": (Role.OOBC_STAFF, Action.ENDORSE),
    "executive_approval": (Role.EXECUTIVE, Action.RETURN),
}


@dataclass
class Trees:
    """What one client writes to, by key: a tracked PPA and one under review, nobody else's."""

    ppa: int
    children: list[int]  # of the execution project, which holds BUDGET
    reviewed: int
    shared: int  # a work item that all clients spend on


@dataclass
class Client:
    """One of the clients; `tokens` by role."""

    port: int
    tokens: dict[Role, str]
    trees: Trees
    ledger: Ledger
    dice: random.Random
    lines: list[tuple[int, int]] = field(default_factory=list)  # item and line, not yet voided

    def work(self, stop: Event) -> None:
        """Writes at random until told to stop."""
        while not stop.is_set():
            if self.dice.choice(OPERATIONS)(self) is not Told.ACKNOWLEDGED:
                time.sleep(AWAY)

    def write(
        self,
        kind: Kind,
        mark: str,
        path: str,
        sent: dict[str, Any],
        role: Role = Role.OOBC_STAFF,
        method: str = "POST",
    ) -> tuple[Told, dict[str, Any]]:
        """Sends a write and notes what came of it; the answer is empty without one."""
        try:
            status, answer = self.call(method, path, sent, role)
        except ConnectionRefusedError:
            return self.ledger.note(kind, mark, None), {}
        except (OSError, HTTPException):
            return self.ledger.note(kind, mark, None, is_lost=True), {}
        return self.ledger.note(kind, mark, status), answer

    def call(
        self, method: str, path: str, sent: Any = None, role: Role = Role.OOBC_STAFF
    ) -> tuple[int, dict[str, Any]]:
        """Status and answer, read whole; raises OSError or HTTPException where none came."""
        headers = {
            "Authorization": f"Bearer {self.tokens[role]}",
            "Content-Type": "application/json",
        }
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, json.dumps(sent) if sent else None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def read(self, method: str, path: str, sent: Any = None) -> dict[str, Any]:
        """What is needed before a write; empty where no answer came."""
        try:
            return self.call(method, path, sent)[1]
        except (OSError, HTTPException):
            return {}

    def mark(self) -> str:
        """A text that no other write carries."""
        return f"{PREFIX}{self.ledger.number()}"


def rename(client: Client) -> Told:
    mark, path = client.mark(), ENTRY.format(client.trees.ppa)
    return client.write(Kind.TITLE, mark, path, {"title": mark}, method="PATCH")[0]


def spend(client: Client) -> Told:
    mark = client.mark()
    item = client.dice.choice([client.trees.shared, *client.trees.children])
    line = {
        "spent_on": "2025-02-03",
        "amount": "1.25",
        "description": "Rice",
        "reference_number": mark,
    }
    path = ITEM.format(item) + "expenditures/"
    told, answer = client.write(Kind.SPENDING, mark, path, line)
    if told is Told.ACKNOWLEDGED:
        client.lines.append((item, answer["id"]))
    return told


def void(client: Client) -> Told | None:
    if not client.lines:
        return None
    mark, (item, line) = client.mark(), client.lines.pop()
    path = ITEM.format(item) + f"expenditures/{line}/void/"
    return client.write(Kind.VOID, mark, path, {"reason": mark})[0]


def add_item(client: Client) -> Told:
    """Below the first child, which would grow for ever: one time in ten."""
    if client.dice.random() < 0.9:
        return spend(client)
    mark, parent = client.mark(), client.trees.children[0]
    sent = {"parent": parent, "work_type": "task", "title": mark}
    return client.write(Kind.ITEM, mark, "/api/work-items/", sent)[0]


def distribute(client: Client) -> Told | None:
    """Amounts by hand: the first is the mark."""
    first = LEAST + client.ledger.number()
    children = client.trees.children
    rest, stray = divmod(BUDGET - first, len(children) - 1)
    amounts = [first, rest + stray, *[rest] * (len(children) - 2)]
    pesos = [f"{amount // 100}.{amount % 100:02d}" for amount in amounts]
    asked = {
        "method": "manual",
        "allocations": dict(zip(map(str, children), pesos, strict=True)),
        "rescale": True,
    }
    path = ENTRY.format(client.trees.ppa) + "distribute-budget/"
    version = client.read("POST", path, asked | {"preview": True}).get("version")
    if version is None:
        return None
    return client.write(Kind.DISTRIBUTION, pesos[0], path, asked | {"version": version})[0]


def decide(client: Client) -> Told | None:
    path = ENTRY.format(client.trees.reviewed)
    status = client.read("GET", path).get("approval_status")
    if status is None:
        return None
    role, action = STEPS[status]
    mark = client.mark()
    sent = {"action": action, "comment": mark, "seen": status}
    return client.write(Kind.STEP, mark, path + "approval/", sent, role)[0]


OPERATIONS: tuple[Callable[[Client], Told | None], ...] = (
    rename,
    spend,
    void,
    add_item,
    distribute,
    decide,
)
