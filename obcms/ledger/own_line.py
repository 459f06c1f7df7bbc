"""An office's own line of a special purpose fund, which a release makes (SPEC 6)."""

from obcms.kernel.permissions import Actor, Permission, require
from obcms.ledger.lines import add_line, same_line
from obcms.ledger.models import BudgetLine
from obcms.ledger.refusals import coded
from obcms.ledger.rules.choices import Refusal
from obcms.organizations.reads import find_moa


def own_line_of(actor: Actor, fund: BudgetLine, acronym: str) -> BudgetLine:
    """The line of the office in the fund's act, under the same title; made where it is missing.

    The fund has its act loaded. Money may be obligated until the fund's own last day. Raises
    Invalid for an office that is not there.
    """
    require(actor, Permission.FUND_RELEASE)
    with coded(Refusal.INPUT):
        office = find_moa(acronym)
    found = same_line(fund.act, office.id, fund.cost_structure, fund.title)
    if found is not None:
        return found
    kept = ("cost_structure", "title", "uacs_code", "validity", "last_day")
    values = {name: getattr(fund, name) for name in kept}
    own = {"organization_id": office.id, "for_later_release": False}
    return add_line(actor, fund.act, values | own)
