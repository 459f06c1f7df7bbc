"""Appropriation classes as ministries write them."""

import re
from typing import Any

from obcms.kernel.intake.cells import clean_text, quote
from obcms.ppas.rules.choices import AppropriationClass

CLASSES = {
    "ps": AppropriationClass.PS,
    "personnelservice": AppropriationClass.PS,
    "personalservice": AppropriationClass.PS,
    "mooe": AppropriationClass.MOOE,
    "maintenanceandotheroperatingexpense": AppropriationClass.MOOE,
    "maintenanceotheroperatingexpense": AppropriationClass.MOOE,
    "co": AppropriationClass.CO,
    "capitaloutlay": AppropriationClass.CO,
    "finex": AppropriationClass.FINEX,
    "fe": AppropriationClass.FINEX,
    "financialexpense": AppropriationClass.FINEX,
}


def parse_class(value: Any) -> AppropriationClass:
    """One appropriation class by its short or long name, or both: "Personnel Services (PS)".

    Raises ValueError for an unknown name and for several classes at once (SPEC 1).
    """
    text = clean_text(value).casefold().replace("&", " and ")
    parts = [re.sub(r"[^a-z]", "", part) for part in re.split(r"[()/,;:+–—-]", text)]
    found = {CLASSES.get(part.removesuffix("s")) or CLASSES.get(part) for part in parts if part}
    if len(found) != 1 or None in found:
        raise ValueError(f"“{quote(value)}” is not one appropriation class.")
    return found.pop()
