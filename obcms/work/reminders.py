"""Reminding assignees of what is due (SPEC 10)."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, partial

from obcms.calendar.days import add_working_days, in_both_calendars, working_days_between
from obcms.kernel.links import path_of
from obcms.notifications.rules.events import declare_event
from obcms.notifications.rules.news import News
from obcms.notifications.tell_each import Reminder, ReminderOutcome, tell_each
from obcms.work.reads.due import DueItem, due_items
from obcms.work.rules.reminders import (
    OVERDUE_IS_NEWS,
    SOON,
    DueThreshold,
    in_words,
    passed,
)

EVENT = declare_event(
    "work_item_due",
    "Work assigned to you is due",
    "Five and two working days before the date, and when it has passed.",
)
TO_DO = "Report how far it is. If it will be late, change its date and say why."
TO_DO_LATE = "Complete it, or report how far it is and set the date by which it will be done."


def remind_of_due_items(today: date) -> tuple[int, ReminderOutcome]:
    """Tells each assignee once for each threshold that an item's due date has passed.

    Returns how many items are due or overdue, and what became of telling it. Another due date is
    another matter.
    """
    first = today - timedelta(days=2 * OVERDUE_IS_NEWS)  # so many working days, at least
    reminders = list(_reminders(today, first, add_working_days(today, SOON)))
    return len(reminders), tell_each(reminders)


def _reminders(today: date, first: date, last: date) -> Iterator[Reminder]:
    distance = cache(
        lambda due: (working_days_between(today, due), working_days_between(due, today))
    )
    for item, users in due_items(first, last).items():
        left, late = distance(item.end_date)
        threshold = passed(left, late, item.end_date < today)
        if threshold is not None:
            write = partial(_news, item, threshold, in_words(left, late))
            yield Reminder(item.code or f"work item {item.id}", write, users)


def _news(item: DueItem, threshold: DueThreshold, said: str) -> News:
    of_ppa = f" of {item.code}" if item.code else ""
    is_late = threshold is DueThreshold.OVERDUE
    return News(
        event=EVENT,
        about=f"work item {item.id} due {item.end_date}",
        threshold=threshold,
        subject=f"{said[0].upper()}{said[1:]}: {item.title}{f' ({item.code})' if of_ppa else ''}",
        what=f"The work item “{item.title}”{of_ppa} {'was' if is_late else 'is'} due on "
        f"{in_both_calendars(item.end_date)}. It stands at {item.progress:.0f}%, "
        f"{item.status.label.lower()}.",
        to_do=TO_DO_LATE if is_late else TO_DO,
        due=item.end_date,
        link=_link(item),
    )


def _link(item: DueItem) -> str:
    if item.ppa_id is None:
        return path_of("work_item.index_view")
    return f"{path_of('ppa_page.work_items', ppa_id=item.ppa_id)}#row-{item.id}"
