"""The page of one PPA, put together from the tabs and actions that slices have added."""

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin import expose

from obcms.ppas.screens.base import PPAScreen
from obcms.ppas.screens.tabs import ACTIONS, TABS, Tab


def page_view() -> type[PPAScreen]:
    """The view: one address for each tab, and those of the actions."""
    tabs: dict[str, Any] = {tab.name: expose(tab.url)(_show(tab)) for tab in TABS.values()}
    return type(PPAScreen)("PPAPage", (*ACTIONS, PPAScreen), tabs)


def _show(tab: Tab) -> Callable[..., ResponseReturnValue]:
    def show(self: PPAScreen, ppa_id: int) -> ResponseReturnValue:
        return self.page(self.find(ppa_id), tab.name)

    return show
