"""The open alerts of a PPA, beside its overview."""

from typing import Any

from obcms.alerts.reads.open_alerts import open_alerts_of
from obcms.alerts.rules.words import in_words
from obcms.ppas.models import PPA
from obcms.ppas.screens.tabs import SIDE_PANELS, SidePanel


def _context(ppa: PPA) -> dict[str, Any]:
    return {"alerts": open_alerts_of(ppa.id), "in_words": in_words}


SIDE_PANELS.append(SidePanel("alerts/panel.html", _context, (("alerts", "alerts.css"),)))
