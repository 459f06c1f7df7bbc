"""Reminding offices of what has waited too long for their step (SPEC 10)."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache, partial

from obcms.approval.reads.in_review import InReview, in_review, officers
from obcms.approval.reads.offices import office_of
from obcms.approval.rules.steps import REVIEW_STAGES, actions_from
from obcms.approval.rules.waiting import CRITICAL_AFTER, HIGH_AFTER, Urgency, urgency_of
from obcms.calendar.days import (
    add_working_days,
    in_both_calendars,
    next_working_day,
    working_days_between,
)
from obcms.kernel.formats import MANILA
from obcms.kernel.links import path_of
from obcms.notifications.rules.events import declare_event
from obcms.notifications.rules.news import News
from obcms.notifications.tell_each import Reminder, ReminderOutcome, tell_each
from obcms.thresholds.reads import values

EVENT = declare_event(
    "approval_deadline",
    "A PPA waits long for your office's review",
    "After 7 and after 14 working days in one stage, where the thresholds are as they came.",
)


def remind_of_approvals(today: date, addresses: Sequence[str]) -> tuple[int, ReminderOutcome]:
    """Tells the stage's office, and these addresses, once for each threshold that was passed.

    Returns how many PPAs wait in review, and what became of telling it. Who enters a stage again
    starts anew.
    """
    waiting = in_review()
    return len(waiting), tell_each(_reminders(waiting, today, addresses))


def _reminders(
    waiting: Sequence[InReview], today: date, addresses: Sequence[str]
) -> Iterator[Reminder]:
    current = values()
    high, critical = current[HIGH_AFTER], current[CRITICAL_AFTER]
    waited_since = cache(lambda day: working_days_between(day, today))
    by_stage = officers(REVIEW_STAGES)
    for one in waiting:
        entered = one.since.astimezone(MANILA).date()
        waited = waited_since(entered)
        urgency = urgency_of(waited, high, critical)
        if urgency is not None:
            due = today
            if urgency is Urgency.HIGH:
                due = add_working_days(entered, int(critical))
            write = partial(_news, one, entered, waited, urgency, due)
            yield Reminder(one.code, write, [*by_stage[one.stage], *addresses])


def _news(one: InReview, entered: date, waited: int, urgency: Urgency, due: date) -> News:
    stage = one.stage.label.lower()
    *others, last = (action.label.lower() for action in actions_from(one.stage))
    return News(
        event=EVENT,
        about=f"ppa {one.ppa_id} step {one.step_id}",
        threshold=urgency,
        subject=f"{urgency.label}: {one.code} has waited {waited} working days in {stage}",
        what=f"{one.code} “{one.title}” came to {stage} on {in_both_calendars(entered)} and has "
        f"waited {waited} working days for this step of: {office_of(one.stage)}.",
        to_do=f"Decide on its Approval tab: {', '.join(others)} or {last} it.",
        due=next_working_day(due),
        link=path_of("ppa_page.approval", ppa_id=one.ppa_id),
    )
