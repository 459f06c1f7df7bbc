"""What is sent to the routes that change something, so that it succeeds for whoever may."""

import html
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient

from obcms import SLICES
from obcms.calendar.rules.hijri import HijriMonth, computed_start
from obcms.kernel.extensions import db
from obcms.kernel.records.record import RECORDS
from obcms.kernel.slices import load_parts
from obcms.people.models import SecondFactor
from tests.conftest import PASSWORD
from tests.house.access_ledger_requests import SENT_TO_LEDGER
from tests.house.access_ledger_screens import SENT_TO_LEDGER_SCREENS
from tests.house.access_sent import Sent
from tests.house.access_subjects import Ids
from tests.imports.waiting import shown_by
from tests.notifications.told import EVENT
from tests.people.steps import code, has_second_factor, offered_secret, with_second_factor

REASON = "BAA 90, section 5"
EQUAL = {"method": "equal", "cascade": "1"}
SECOND_FACTOR = "/account/second-factor"


def _own_ministry(_client: FlaskClient, ids: Ids) -> dict[str, Any]:
    """A PPA's code begins with the acronym of its ministry."""
    code = f"{ids['acronym']}-2031-A900"  # none that `make_ppa` counts up to
    return {"code": code, "category": "moa_ppa", "implementing_moa": ids["moa_id"]}


def _user_id(client: FlaskClient) -> int:
    with client.session_transaction() as session:
        return int(session["_user_id"].partition(":")[0])


def _offered_code(client: FlaskClient, _ids: Ids) -> dict[str, str]:
    return {"code": code(offered_secret(client)), "current": PASSWORD}


def _both_factors(client: FlaskClient, ids: Ids) -> dict[str, str]:
    user_id = _user_id(client)
    if not has_second_factor(user_id):
        client.post(SECOND_FACTOR, data=_offered_code(client, ids))
    factor = db.session.get_one(SecondFactor, user_id)
    return {"current": PASSWORD, "code": code(factor.secret, 1)}


def _colleague_with_second_factor(_client: FlaskClient, ids: Ids) -> dict[str, str]:
    with_second_factor(ids["user_id"])
    return {}


def _file(_client: FlaskClient, _ids: Ids) -> dict[str, Any]:
    return {"file": (BytesIO(b"Title,Budget\nAnother,1000\n"), "a.csv")}


def _import_shown(client: FlaskClient, ids: Ids) -> dict[str, str]:
    return shown_by(client.get(f"/admin/import/{ids['upload_id']}/").text)


def _previewed(client: FlaskClient, ids: Ids) -> dict[str, str]:
    address = f"/admin/ppa/{ids['ppa_id']}/distribute/preview"
    return {"version": client.post(address, data=EQUAL).json["version"]}


def _previewed_by_api(client: FlaskClient, ids: Ids) -> dict[str, Any]:
    return {
        "preview": False,
        "cascade": True,
        "version": client.post(
            f"/api/monitoring/entries/{ids['ppa_id']}/distribute-budget/",
            json={"method": "equal", "cascade": True, "preview": True},
            headers={"Authorization": f"Bearer {client.token}"},
        ).json["version"],
    }


def _opened_step(client: FlaskClient, ids: Ids) -> dict[str, str]:
    """What the dialog shows; nothing to those who may not open it."""
    dialog = client.get(f"/admin/ppa/{ids['ppa_id']}/approval/step?action=submit").text
    found = re.search(r'name="opened" value="([^"]*)"', dialog)
    return {"opened": html.unescape(found[1]) if found else "{}"}


OWN_PASSWORD = {"current": PASSWORD, "password": PASSWORD, "again": PASSWORD}
NEW_LINE = {"spent_on": "2025-02-03", "amount": "1.00", "description": "Supplies"}
NEW_PPA = {
    "code": "{acronym}-2031-B{number}",
    "title": "New",
    "category": "moa_ppa",
    "implementing_moa": "{moa_id}",
    "fiscal_year": "2031",
}
NEW_USER = {"username": "new-{number}", "role": "viewer", "is_active": "y"}
NEW_DAY = {
    "name": "Day {number}",
    "day": "2025-12-15",
    "kind": "special_non_working",
    "proclamation": "Proclamation No. 1",
}
NEW_TEMPLATE = {"name": "t{number}", "title": "New", "outline": "task Work 100/100"}


def _another_month(_client: FlaskClient, ids: Ids) -> dict[str, str]:
    """One that is not proclaimed yet, and none beside it."""
    number = ids["number"] % 500
    month = HijriMonth(1412 + number // 6, number % 6 * 2 + 1)
    return {
        "hijri_year": str(month.year),
        "hijri_month": str(month.month),
        "first_day": computed_start(month).isoformat(),
        "proclamation": "Proclamation No. 1",
    }


def _another_month_by_api(client: FlaskClient, ids: Ids) -> dict[str, Any]:
    month = _another_month(client, ids)
    return month | {name: int(month[name]) for name in ("hijri_year", "hijri_month")}


def _numbered(name: str) -> Callable[[FlaskClient, Ids], dict[str, Any]]:
    """A value that no other record has."""
    return lambda _client, ids: {name: f"N{ids['number']}"}


def _of_records() -> Iterator[tuple[tuple[str, str], Sent]]:
    """The requests of API and forms for every record that is declared as a whole."""
    load_parts(SLICES)
    for record in RECORDS:
        if record.example:
            api, first, last = f"api_{record.plural}", record.shown[0], record.shown[-1]
            yield (f"{api}.create_{record.name}", "POST"), Sent(prepare=_numbered(first))
            yield (f"{api}.change_{record.name}", "PATCH"), Sent(prepare=_numbered(last))
            form = {name: str(value) for name, value in record.example.items()}
            yield (f"{record.name}.create_view", "POST"), Sent(form=form | {first: "N{number}"})
            yield (f"{record.name}.edit_view", "POST"), Sent(form={last: "N{number}"})


SENT: dict[tuple[str, str], Sent] = {
    **dict(_of_records()),
    ("auth.change_own_password", "POST"): Sent(form=OWN_PASSWORD),
    ("auth.end_session", "POST"): Sent(writes=False),
    ("auth.end_other_sessions", "POST"): Sent(writes=False),
    ("auth.set_up_second_factor", "POST"): Sent(prepare=_offered_code, answer=200),
    ("auth.turn_off_second_factor", "GET"): Sent(prepare=_both_factors),
    ("auth.turn_off_second_factor", "POST"): Sent(prepare=_both_factors),
    ("schedule.run", "POST"): Sent(
        form={"job": "seal_audit", "asked": "20250602T030000000000"}, writes=False
    ),
    ("job_run.retry", "POST"): Sent(form={"attempts": "4"}, writes=False),
    ("inbox.open", "POST"): Sent(writes=False),
    ("inbox.mark", "POST"): Sent(form={"read": "1"}, writes=False),
    ("inbox.mark_all", "POST"): Sent(form={"newest": "{notification_id}"}, writes=False),
    ("inbox.choose", "POST"): Sent(form={EVENT: "digest"}),
    ("notification.try_again", "POST"): Sent(writes=False),
    ("api_notifications.change_notification", "PATCH"): Sent(writes=False),
    ("import_page.upload", "POST"): Sent(
        form={"fiscal_year": "2031", "moa": "{moa_id}"}, prepare=_file, writes=False, answer=503
    ),  # these tests have no queue
    ("import_page.preview", "POST"): Sent(form={"all_or_nothing": "1"}, prepare=_import_shown),
    ("import_page.undo", "POST"): Sent(),
    ("import_page.reading", "POST"): Sent(form={"answer-unit": "thousands"}, writes=False),
    ("sign_in_rules.index", "POST"): Sent(form={"role": "viewer"}),
    ("thresholds.index", "POST"): Sent(form={"overspent_high": "11"}),
    ("alert.acknowledge", "POST"): Sent(),
    ("api_alerts.acknowledge_one_alert", "POST"): Sent(),
    ("user.create_view", "POST"): Sent(form=NEW_USER),
    ("user.edit_view", "POST"): Sent(form={"full_name": "Other"}),
    ("user.password", "POST"): Sent(answer=200),
    ("user.unlock", "POST"): Sent(writes=False),
    ("user.reset_second_factor", "POST"): Sent(prepare=_colleague_with_second_factor),
    ("organization.create_view", "POST"): Sent(form={"acronym": "N{number}", "name": "New"}),
    ("organization.edit_view", "POST"): Sent(form={"name": "Renamed {number}"}),
    ("structure_template.create_view", "POST"): Sent(form=NEW_TEMPLATE),
    ("structure_template.edit_view", "POST"): Sent(form={"title": "Renamed {number}"}),
    ("proclaimed_day.create_view", "POST"): Sent(form=NEW_DAY),
    ("proclaimed_day.edit_view", "POST"): Sent(form={"proclamation": "No. {number}"}),
    ("proclaimed_month.create_view", "POST"): Sent(prepare=_another_month),
    ("proclaimed_month.edit_view", "POST"): Sent(form={"proclamation": "No. {number}"}),
    ("api_proclaimed_months.create_proclaimed_month", "POST"): Sent(prepare=_another_month_by_api),
    ("audit_seal.check", "POST"): Sent(writes=False),
    ("ppa.create_view", "POST"): Sent(form=NEW_PPA),
    ("ppa.edit_view", "POST"): Sent(form={"title": "Renamed"}),
    ("work_item.edit_view", "POST"): Sent(form={"title": "Renamed"}),
    ("api_ppas.create_ppa", "POST"): Sent(prepare=_own_ministry),
    ("api_ppas.change_ppa", "PATCH"): Sent(),
    ("api_ppas.delete_ppa", "DELETE"): Sent("untracked"),
    ("api_ppas.enable_workitem_tracking", "POST"): Sent("untracked"),
    ("api_ppas.distribute_budget", "POST"): Sent("moneyless", prepare=_previewed_by_api),
    ("api_ppas.sync_from_workitem", "POST"): Sent(writes=False),
    ("api_ppas.take_approval_step", "POST"): Sent(),
    ("api_work_items.create_work_item", "POST"): Sent(),
    ("api_work_items.change_work_item", "PATCH"): Sent(),
    ("api_work_items.delete_work_item", "DELETE"): Sent("moneyless"),
    ("api_work_items.cancel_work_item", "POST"): Sent(),
    ("api_work_items.duplicate_work_item", "POST"): Sent(),
    ("api_work_items.post_work_item_expenditure", "POST"): Sent(),
    ("api_work_items.void_work_item_expenditure", "POST"): Sent(),
    **SENT_TO_LEDGER,
    **SENT_TO_LEDGER_SCREENS,
    ("ppa_page.enable", "POST"): Sent("untracked"),
    ("ppa_page.disable", "POST"): Sent("moneyless"),
    ("ppa_page.edit", "POST"): Sent(form={"title": "Renamed"}),
    ("ppa_page.add", "POST"): Sent(form={"title": "New"}),
    ("ppa_page.cancel", "POST"): Sent(),
    ("ppa_page.delete", "POST"): Sent("moneyless"),
    ("ppa_page.move", "POST"): Sent(form={"parent": "{parent_id}", "position": "0"}),
    ("ppa_page.nudge", "POST"): Sent(form={"direction": "up"}),
    ("ppa_page.duplicate", "POST"): Sent(),
    ("ppa_page.reopen", "POST"): Sent("cancelled"),
    ("ppa_page.spending", "POST"): Sent(form=NEW_LINE),
    ("ppa_page.void", "POST"): Sent(form={"reason": "Entered twice"}),
    ("ppa_page.preview", "POST"): Sent(form=EQUAL, answer=200, writes=False),
    ("ppa_page.apply", "POST"): Sent("moneyless", EQUAL, _previewed),
    ("ppa_page.undo", "POST"): Sent(),
    **{(f"ppa_page.{name}", "GET"): Sent("approved") for name in ("cut", "amend")},
    ("ppa_page.cut", "POST"): Sent("approved", {"amount": "900000.00", "reason": REASON}),
    ("ppa_page.step", "POST"): Sent(prepare=_opened_step),
    ("ppa_page.cancel_approved", "POST"): Sent("approved", {"reason": REASON}),
    ("ppa_page.resume_cancelled", "POST"): Sent("cancelled_ppa", {"reason": REASON}),
    ("api_ppas.amend_ppa", "POST"): Sent("approved"),
    ("api_ppas.cancel_ppa", "POST"): Sent("approved"),
    ("api_ppas.resume_ppa", "POST"): Sent("cancelled_ppa"),
    ("ppa_page.amend", "POST"): Sent("approved", {"title": "Amended", "reason": REASON}),
}
