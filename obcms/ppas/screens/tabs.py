"""The parts of a PPA's page, which slices add: tabs, actions, and panels beside the overview."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from obcms.ppas.models import PPA

Context = Callable[[PPA], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab at the address `url`: what its template needs comes from `context`.

    `place` is where it stands, the smaller the earlier; `styles` and `scripts` are style sheets
    and script modules by the name of the slice and of the file. The one that `enables_tracking`
    has the form for it, which the others link to.
    """

    name: str
    title: str
    place: int
    template: str
    context: Context
    styles: tuple[tuple[str, str], ...] = ()
    scripts: tuple[tuple[str, str], ...] = ()
    enables_tracking: bool = False

    @property
    def url(self) -> str:
        """Below the page's own address."""
        return "/" if self.name == "overview" else "/" + self.name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class SidePanel:
    """A block beside the overview, with what its template needs; `styles` as a tab's."""

    template: str
    context: Context
    styles: tuple[tuple[str, str], ...] = ()


TABS: dict[str, Tab] = {}
ACTIONS: list[type] = []
SIDE_PANELS: list[SidePanel] = []


def page_styles() -> list[tuple[str, str]]:
    """The style sheets of all parts, each once: a tab is opened without another page."""
    return list(
        dict.fromkeys(one for part in (*TABS.values(), *SIDE_PANELS) for one in part.styles)
    )


def add_tab(tab: Tab) -> None:
    """Adds a tab, in its place."""
    TABS[tab.name] = tab
    for name in sorted(TABS, key=lambda each: TABS[each].place):
        TABS[name] = TABS.pop(name)


def add_actions(actions: type) -> type:
    """Adds the exposed views of a class to the page; used as a decorator."""
    ACTIONS.append(actions)
    return actions
