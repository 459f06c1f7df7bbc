"""The Overview tab: what the PPA is, and how its execution stands."""

from typing import Any

from obcms.kernel.db.relations import loaded
from obcms.ppas.models import PPA
from obcms.ppas.screens.tabs import SIDE_PANELS, Tab, add_tab

SHOWN = ("supporting_organizations", "milestones", "created_by", "updated_by")


def overview_context(ppa: PPA) -> dict[str, Any]:
    """The PPA with its parts, and the panels that other slices put beside it."""
    for name in SHOWN:
        loaded(ppa, name)
    context: dict[str, Any] = {"side_panels": [panel.template for panel in SIDE_PANELS]}
    for panel in SIDE_PANELS:
        context |= panel.context(ppa)
    return context


add_tab(Tab("overview", "Overview", 10, "ppas/overview.html", overview_context))
