"""The Overview tab: what the PPA is, and how its execution stands."""

from typing import Any

from obcms.ppas.models import PPA
from obcms.ppas.screens.tabs import SIDE_PANELS, Tab, add_tab


def overview_context(ppa: PPA) -> dict[str, Any]:
    """The panels that other slices put beside the PPA."""
    context: dict[str, Any] = {"side_panels": [panel.template for panel in SIDE_PANELS]}
    for panel in SIDE_PANELS:
        context |= panel.context(ppa)
    return context


add_tab(Tab("overview", "Overview", 10, "ppas/overview.html", overview_context))
