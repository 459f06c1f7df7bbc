"""The days of the Bangsamoro region: BAA 39, the Bangsamoro Holidays Act of 2023.

The table holds for every year, earlier ones too: nothing counts days of before the act.
"""

from dataclasses import dataclass
from functools import lru_cache

from obcms.calendar.rules.kinds import DayKind, day_key

REGULAR, NON_WORKING, WORKING = DayKind
MUHARRAM, RABI_AL_AWWAL, RAJAB, SHAWWAL, DHU_AL_HIJJAH = 1, 3, 7, 10, 12


@dataclass(frozen=True, slots=True)
class Feast:
    """A day of every year, by the Hijri calendar or by the Gregorian one."""

    name: str
    kind: DayKind
    month: int
    day: int
    also_called: tuple[str, ...] = ()


HIJRI_FEASTS = (
    Feast("Eid'l Fitr", REGULAR, SHAWWAL, 1, ("Eid al-Fitr", "Eidul Fitr", "Eid Fitr")),
    Feast("Eid'l Adha", REGULAR, DHU_AL_HIJJAH, 10, ("Eid al-Adha", "Eidul Adha")),
    Feast("Day of Arafah", NON_WORKING, DHU_AL_HIJJAH, 9, ("Arafah", "Arafah Day")),
    Feast(
        "First day of Tashriq",
        NON_WORKING,
        DHU_AL_HIJJAH,
        11,
        ("1st day of Tashriq", "Tashriq"),
    ),
    Feast("Amun Jadid", WORKING, MUHARRAM, 1, ("Islamic New Year", "Hijri New Year")),
    Feast(
        "Maulid-un-Nabi",
        WORKING,
        RABI_AL_AWWAL,
        12,
        ("Maulid", "Mawlid", "Maulidin Nabi", "Mawlid an-Nabi", "Mawlid al-Nabi", "Maulid al-Nabi"),
    ),
    Feast(
        "Isra wal Mi'raj",
        WORKING,
        RAJAB,
        27,
        ("Lailatul Isra wal Mi'raj", "Laylatul Isra wal Mi'raj", "Al Isra wal Mi'raj"),
    ),
)
FIXED_FEASTS = (
    Feast("Bangsamoro Foundation Day", REGULAR, 1, 21),
    Feast("Day of Shuhada", REGULAR, 3, 18, ("Shuhada Day", "Bangsamoro Day")),
    Feast("Bangsamoro Day of Solidarity", WORKING, 2, 1),
    Feast("Battle of Bud Daho Day", WORKING, 3, 6, ("Battle of Bud Dajo Day",)),
    Feast("Signing of the Comprehensive Agreement on the Bangsamoro", WORKING, 3, 27),
    Feast("Shariff Kabunsuan Day", WORKING, 12, 19),
)
# Read in bills and news, not in the act itself. None delays anything, so that no deadline and no
# waiting time hangs on them; a day that proves wrong is taken out here.
UNCHECKED_FEASTS = (
    Feast("Battle of Bayang Day", WORKING, 5, 2),
    Feast("Sheikh Karim'ul Makhdum Day", WORKING, 11, 7),
)
FEASTS = (*HIJRI_FEASTS, *FIXED_FEASTS, *UNCHECKED_FEASTS)

_KEYS = {
    day_key(name): day_key(feast.name)
    for feast in FEASTS
    for name in (feast.name, *feast.also_called)
}

_MOVING = {day_key(feast.name) for feast in HIJRI_FEASTS}


@lru_cache(1024)
def feast_key(name: str) -> str:
    """By which a proclaimed day finds the computed one, however its name is spelled."""
    key = day_key(name)
    return _KEYS.get(key, key)


def is_hijri_feast(name: str) -> bool:
    """Whether it is one of those that follow the moon."""
    return feast_key(name) in _MOVING
