"""Giving a PPA another code, before an upgrade too."""

from typing import Any

from sqlalchemy import Connection, Row, column, select, table

from obcms.kernel.errors import Invalid
from obcms.kernel.permissions import Actor, Permission
from obcms.kernel.records.rename import Naming, Renamed, rename
from obcms.kernel.rules.folding import code_key
from obcms.ppas.fields import PPA_FIELDS
from obcms.ppas.models import PPA
from obcms.ppas.rules.codes import code_problem

MOAS = table("organization", column("id"), column("acronym"))  # as every revision has it


def _refuse(connection: Connection, row: Row[Any], code: str) -> None:
    query = select(MOAS.c.acronym).where(MOAS.c.id == row.implementing_moa_id)
    if problem := code_problem(code, connection.scalar(query)):
        raise Invalid([problem])


CODES = Naming(PPA, "PPA", "code", Permission.PPA_EDIT, PPA_FIELDS[0].clean, code_key, _refuse)


def rename_ppa(actor: Actor, who: str, new: str) -> Renamed:
    """Gives the PPA with this code, or with `number:7`, a new code. Raises Invalid."""
    return rename(actor, CODES, who, new)
