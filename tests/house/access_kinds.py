"""Who there is, and how the access table says who may do what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from obcms.kernel.permissions import Role as R

EVERYBODY = frozenset(R)
NOBODY: frozenset[R] = frozenset()
ADMINISTRATOR = frozenset({R.ADMINISTRATOR})
MINISTRY = frozenset({R.MOA_STAFF, R.MOA_HEAD})
RUN = ADMINISTRATOR | MINISTRY | {R.OOBC_STAFF}
SUBMIT = RUN - ADMINISTRATOR
DISTRIBUTE = RUN | {R.MFBM_ANALYST}
MFBM = frozenset({R.MFBM_ANALYST})
CANCEL = MFBM | {R.EXECUTIVE}
AUDIT = ADMINISTRATOR | {R.COA_AUDITOR}
ORGANIZATIONS = ADMINISTRATOR | {R.OOBC_STAFF}


@dataclass(frozen=True)
class Access:
    """Who is let in. `of_ppa`: about one PPA, so that to another ministry it does not exist.

    `closed`: the screen exists but the operation does not; whoever sees the screen is led back.
    """

    roles: frozenset[R]
    of_ppa: bool = False
    closed: bool = False
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None  # JSON; a value that names an id stands for that id
