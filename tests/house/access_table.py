"""The one table of who may do what, written apart from the code: every route, every role."""

from collections.abc import Iterator
from typing import Any

from obcms import SLICES
from obcms.kernel.permissions import ROLE_PERMISSIONS, Permission
from obcms.kernel.permissions import Role as R
from obcms.kernel.records.record import RECORDS
from obcms.kernel.slices import load_parts
from tests.house.access_kinds import (
    ADMINISTRATOR,
    AUDIT,
    CANCEL,
    DISTRIBUTE,
    EVERYBODY,
    MFBM,
    NOBODY,
    RUN,
    SUBMIT,
    Access,
)
from tests.house.access_ledger import ledger
from tests.house.access_ledger_screens import ledger_screens


def _page(name: str, roles: frozenset[R], *methods: str, **more: Any) -> Iterator[tuple]:
    for method in methods or ("GET",):
        yield (name, method), Access(roles, **more)


def _model_view(
    name: str,
    seen_by: frozenset[R],
    changed_by: frozenset[R] = NOBODY,
    made_by: frozenset[R] | None = None,
    of_ppa: bool = False,
    has_page: bool = False,
) -> Iterator[tuple]:
    """The routes that Flask-Admin gives every list, whether the screen opens them or not."""
    yield (f"{name}.index_view", "GET"), Access(seen_by)
    made_by = changed_by if made_by is None else made_by
    for method in ("GET", "POST"):
        yield (f"{name}.create_view", method), Access(made_by, closed=not made_by)
        yield (
            (f"{name}.edit_view", method),
            Access(changed_by, of_ppa=of_ppa and bool(changed_by), closed=not changed_by),
        )
    for operation, method in (
        ("action_view", "POST"),
        ("ajax_lookup", "GET"),
        ("ajax_update", "POST"),
        ("delete_view", "POST"),
        ("export", "GET"),
    ):
        yield (f"{name}.{operation}", method), Access(NOBODY, closed=True)
    page = Access(seen_by) if has_page else Access(NOBODY, closed=True)
    yield (f"{name}.details_view", "GET"), page


def _records() -> Iterator[tuple]:
    """The screens and the API resource of every record that is declared as a whole."""
    load_parts(SLICES)
    for record in RECORDS:
        seen_by, changed_by = _roles_with(record.view), _roles_with(record.change)
        screen = _roles_with(record.screen or record.view)
        yield from _model_view(record.name, screen, changed_by, has_page=True)
        if record.example:
            api = f"api_{record.plural}"
            yield (f"{api}.list_{record.plural}", "GET"), Access(seen_by)
            yield (f"{api}.create_{record.name}", "POST"), Access(changed_by, body=record.example)
            yield (f"{api}.read_{record.name}", "GET"), Access(seen_by)
            yield (f"{api}.change_{record.name}", "PATCH"), Access(changed_by, body={})


def _roles_with(permission: Permission) -> frozenset[R]:
    return frozenset(role for role, granted in ROLE_PERMISSIONS.items() if permission in granted)


def _of_ppa(name: str, roles: frozenset[R], *methods: str, **more: Any) -> Iterator[tuple]:
    yield from _page(f"ppa_page.{name}", roles, *methods, of_ppa=True, **more)


def _ppa(name: str, method: str, roles: frozenset[R], **more: Any) -> tuple:
    return (f"api_ppas.{name}", method), Access(roles, **{"of_ppa": True} | more)


def _alert(name: str, method: str, roles: frozenset[R], **more: Any) -> tuple:
    return (f"api_alerts.{name}", method), Access(roles, **{"of_ppa": True} | more)


def _item(name: str, method: str, roles: frozenset[R], **more: Any) -> tuple:
    return (f"api_work_items.{name}", method), Access(roles, **{"of_ppa": True} | more)


STEP = {"action": "submit"}
NEW_PPA = {"code": "OOBC-2031-900", "title": "New", "fiscal_year": 2031, "category": "oobc_ppa"}
NEW_LINE = {"spent_on": "2025-02-03", "amount": "1.00", "description": "Supplies"}
TABLE: dict[tuple[str, str], Access] = dict(
    [
        *_page("admin.index", EVERYBODY),
        *_page("waiting.index", EVERYBODY),
        *_page("auth.account", EVERYBODY),
        *_page("auth.end_session", EVERYBODY, "POST"),
        *_page("auth.end_other_sessions", EVERYBODY, "POST"),
        *_page("help.index", EVERYBODY),
        *_page("help.page", EVERYBODY),
        *_page("calendar.index", EVERYBODY),
        *_model_view("security_event", AUDIT),
        *_page("auth.change_own_password", EVERYBODY, "GET", "POST"),
        *_page("auth.set_up_second_factor", EVERYBODY, "GET", "POST"),
        *_page("auth.turn_off_second_factor", EVERYBODY, "GET", "POST"),
        *_page("inbox.index", EVERYBODY),
        *(
            one
            for name in ("open", "mark", "mark_all", "choose")
            for one in _page(f"inbox.{name}", EVERYBODY, "POST")
        ),
        *_model_view("notification", AUDIT),
        *_page("notification.try_again", ADMINISTRATOR, "POST"),
        *_page("api_notifications.list_notifications", EVERYBODY),
        *_page("api_notifications.read_notification", EVERYBODY),
        *_page("api_notifications.change_notification", EVERYBODY, "PATCH", body={"read": True}),
        *_page("import_page.upload", RUN, "GET", "POST"),
        *_page("import_page.preview", RUN, "GET", "POST"),
        *_page("import_page.reading", RUN, "POST"),
        *_page("import_page.progress", RUN),
        *_page("import_page.batch", RUN),
        *_page("import_page.undo", RUN, "POST"),
        *_page("roles.index", ADMINISTRATOR),
        *_page("sign_in_rules.index", ADMINISTRATOR, "GET", "POST"),
        *_page("thresholds.index", ADMINISTRATOR, "GET", "POST"),
        *_model_view("user", ADMINISTRATOR, ADMINISTRATOR),
        *_page("user.password", ADMINISTRATOR, "GET", "POST"),
        *_page("user.unlock", ADMINISTRATOR, "POST"),
        *_page("user.reset_second_factor", ADMINISTRATOR, "POST"),
        *_records(),
        *_page("schedule.index", AUDIT),
        *_page("schedule.run", ADMINISTRATOR, "POST"),
        *_page("queue.index", AUDIT),
        *_model_view("job_run", AUDIT, has_page=True),
        *_page("job_run.retry", ADMINISTRATOR, "POST"),
        *_model_view("alert", EVERYBODY),
        *_page("alert.page", EVERYBODY, of_ppa=True),
        *_page("alert.acknowledge", DISTRIBUTE, "POST", of_ppa=True),
        _alert("list_alerts", "GET", EVERYBODY, of_ppa=False),
        _alert("read_alert", "GET", EVERYBODY),
        _alert("acknowledge_one_alert", "POST", DISTRIBUTE, body={}),
        *_model_view("budget_line", EVERYBODY),
        *_model_view("audit_entry", AUDIT),
        *_page("audit_seal.index", AUDIT),
        *_page("audit_seal.check", AUDIT, "POST"),
        *_model_view("ppa", EVERYBODY, RUN, of_ppa=True),
        *_model_view("work_item", EVERYBODY, RUN, made_by=NOBODY, of_ppa=True),
        _ppa("list_ppas", "GET", EVERYBODY, of_ppa=False),
        _ppa("create_ppa", "POST", RUN, of_ppa=False, body=NEW_PPA),
        _ppa("read_ppa", "GET", EVERYBODY),
        _ppa("change_ppa", "PATCH", RUN, body={"title": "Other"}),
        _ppa("delete_ppa", "DELETE", ADMINISTRATOR),
        _ppa("enable_workitem_tracking", "POST", RUN, body={}),
        _ppa("read_budget_tree", "GET", EVERYBODY),
        _ppa("distribute_budget", "POST", DISTRIBUTE, body={"method": "equal", "preview": True}),
        _ppa("sync_from_workitem", "POST", RUN),
        _ppa("list_approval_steps", "GET", EVERYBODY),
        _ppa("take_approval_step", "POST", SUBMIT, body=STEP),
        _ppa("amend_ppa", "POST", MFBM, body={"title": "Amended", "reason": "BAA 90"}),
        _ppa("cancel_ppa", "POST", CANCEL, body={"reason": "Discontinued"}),
        _ppa("resume_ppa", "POST", CANCEL, body={"reason": "By mistake"}),
        _item("list_work_items", "GET", EVERYBODY, of_ppa=False),
        _item("create_work_item", "POST", RUN, body={"parent": "root_id", "title": "New"}),
        _item("read_work_item", "GET", EVERYBODY),
        _item("change_work_item", "PATCH", RUN, body={"title": "Other"}),
        _item("delete_work_item", "DELETE", RUN),
        _item("cancel_work_item", "POST", RUN),
        _item("duplicate_work_item", "POST", RUN, body={}),
        _item("list_expenditures", "GET", EVERYBODY),
        _item("post_work_item_expenditure", "POST", RUN, body=NEW_LINE),
        _item("void_work_item_expenditure", "POST", RUN, body={"reason": "Entered twice"}),
        *ledger(),
        *ledger_screens(),
        *_of_ppa("overview", EVERYBODY),
        *_of_ppa("work_items", EVERYBODY),
        *_of_ppa("budget", EVERYBODY),
        *_of_ppa("distribution", EVERYBODY),
        *_of_ppa("approval", EVERYBODY),
        *_of_ppa("history", EVERYBODY),
        *_of_ppa("tree_json", EVERYBODY),
        *_of_ppa("explain", EVERYBODY),
        *_of_ppa("item_history", EVERYBODY),
        *_of_ppa("receipt", EVERYBODY),
        *_of_ppa("enable", RUN, "POST"),
        *_of_ppa("disable", RUN, "GET", "POST"),
        *_of_ppa("edit", RUN, "GET", "POST"),
        *_of_ppa("add", RUN, "GET", "POST"),
        *_of_ppa("cancel", RUN, "GET", "POST"),
        *_of_ppa("delete", RUN, "GET", "POST"),
        *_of_ppa("move", RUN, "GET", "POST"),
        *_of_ppa("move_parents", RUN),
        *_of_ppa("move_places", RUN),
        *_of_ppa("nudge", RUN, "POST"),
        *_of_ppa("duplicate", RUN, "POST"),
        *_of_ppa("reopen", RUN, "POST"),
        *_of_ppa("spending", EVERYBODY),
        *_of_ppa("spending", RUN, "POST"),
        *_of_ppa("void", RUN, "POST"),
        *_of_ppa("distribute", DISTRIBUTE),
        *_of_ppa("preview", DISTRIBUTE, "POST"),
        *_of_ppa("apply", DISTRIBUTE, "POST"),
        *_of_ppa("undo", DISTRIBUTE, "POST"),
        *_of_ppa("cut", MFBM, "GET", "POST"),
        *_of_ppa("step", SUBMIT, "GET", "POST", query=STEP),
        *_of_ppa("amend", MFBM, "GET", "POST"),
        *_of_ppa("cancel_approved", CANCEL, "GET", "POST"),
        *_of_ppa("resume_cancelled", CANCEL, "GET", "POST"),
    ]
)
# Who sees the screen that a closed operation belongs to; everybody else is refused at its door.
SEEN_BY = {name.partition(".")[0]: one.roles for (name, _), one in TABLE.items() if "index" in name}
