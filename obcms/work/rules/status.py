"""What a status or a progress set by hand means, and what a PPA takes from its root (SPEC 4)."""

from decimal import Decimal

from obcms.kernel.errors import Invalid
from obcms.kernel.rules.percent import round_progress
from obcms.ppas.rules.choices import DeliveryFlag, PPAStatus
from obcms.work.rules.choices import WorkStatus

ZERO = Decimal("0.00")
FULL = Decimal("100.00")

# What the root's status makes of the PPA's (SPEC 4).
PPA_STATUS = {
    WorkStatus.NOT_STARTED: PPAStatus.PLANNING,
    WorkStatus.IN_PROGRESS: PPAStatus.ONGOING,
    WorkStatus.AT_RISK: PPAStatus.ONGOING,
    WorkStatus.BLOCKED: PPAStatus.ON_HOLD,
    WorkStatus.COMPLETED: PPAStatus.COMPLETED,
    WorkStatus.CANCELLED: PPAStatus.CANCELLED,
}
DELIVERY_FLAG = {
    WorkStatus.AT_RISK: DeliveryFlag.AT_RISK,
    WorkStatus.BLOCKED: DeliveryFlag.BLOCKED,
}


def settle_by_hand(
    old_status: WorkStatus | None,
    old_progress: Decimal | None,
    status: WorkStatus,
    progress: Decimal,
) -> tuple[WorkStatus, Decimal]:
    """Make a leaf's asked status and progress (percent 0-100) agree (SPEC 4).

    What was there decides which of the two the person meant: None for a new item. Also for an
    item whose values are by hand. Settling the result once more changes nothing. Raises
    Invalid for a progress outside 0-100.
    """
    if not progress.is_finite() or not 0 <= progress <= 100:
        raise Invalid("Progress must be a number from 0 to 100 percent.", "progress")
    progress = round_progress(progress)
    if status == WorkStatus.CANCELLED:
        return status, progress
    if status == WorkStatus.COMPLETED:
        if progress < FULL and old_status == WorkStatus.COMPLETED:
            return WorkStatus.IN_PROGRESS, progress
        return status, FULL
    if progress == FULL:
        # Reopened, by taking away a status while leaving the bar: nothing may be overclaimed.
        if old_progress == FULL and old_status in (WorkStatus.COMPLETED, WorkStatus.CANCELLED):
            return status, ZERO
        return WorkStatus.COMPLETED, FULL
    if progress > 0 and status == WorkStatus.NOT_STARTED:
        return WorkStatus.IN_PROGRESS, progress
    return status, progress


def ppa_status(root: WorkStatus, current: PPAStatus, is_settled: bool = False) -> PPAStatus:
    """The PPA's status by its root's; an ongoing PPA never goes back to planning (SPEC 4).

    One that is approved or enacted (`is_settled`) is not cancelled so, nor is its cancellation
    taken back: MFBM or the executive decides (SPEC 7).
    """
    mapped = PPA_STATUS[root]
    if is_settled and PPAStatus.CANCELLED in (mapped, current):
        return current
    if mapped == PPAStatus.PLANNING and current == PPAStatus.ONGOING:
        return current
    return mapped


def delivery_flag(root: WorkStatus, is_open: bool = False) -> DeliveryFlag | None:
    """The warning that a root puts on its PPA (SPEC 4): at risk, blocked, or all cancelled.

    The last only where the PPA itself `is_open`, and so waits for somebody to decide.
    """
    if root is WorkStatus.CANCELLED and is_open:
        return DeliveryFlag.ALL_CANCELLED
    return DELIVERY_FLAG.get(root)
