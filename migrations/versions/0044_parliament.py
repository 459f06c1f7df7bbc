"""The office that earlier lists of offices lacked, but whose lines the acts have."""

import sqlalchemy as sa
from alembic import op

from obcms.kernel.rules.folding import code_key, name_key, search_form
from trail import record

revision = "0044_parliament"
down_revision = "0043_ledger"
branch_labels = None
depends_on = None

ACRONYM, NAME = "BTA", "Bangsamoro Transition Authority (Parliament)"
ORGANIZATIONS = ((ACRONYM, NAME),)
ORGANIZATION = sa.table(
    "organization",
    *(
        sa.column(name)
        for name in ("id", "acronym", "name", "acronym_key", "name_key", "search_text", "version")
    ),
)


def upgrade() -> None:
    """Leaves an office that somebody has entered with this acronym, however typed, as it is."""
    bind = op.get_bind()
    columns = ORGANIZATION.c
    if bind.scalar(sa.select(columns.id).where(columns.acronym_key == code_key(ACRONYM))):
        return
    same = sa.select(columns.id, columns.acronym).where(columns.name_key == name_key(NAME))
    if (other := bind.execute(same).first()) is not None:
        raise RuntimeError(
            f"“{other.acronym}” is the {NAME}, which the acts call {ACRONYM}. Rename it, then "
            f"upgrade again:\n  flask organization rename number:{other.id} {ACRONYM}"
        )
    if bind.dialect.name == "postgresql":
        # Rows that came with their numbers, as from a copy, have not moved the sequence.
        bind.execute(
            sa.text(
                "SELECT setval(of_organization, GREATEST(nextval(of_organization),"
                " (SELECT COALESCE(MAX(id), 1) FROM organization)))"
                " FROM pg_get_serial_sequence('organization', 'id') AS of_organization"
            )
        )
    told = {"acronym": ACRONYM, "name": NAME, "version": 1}
    kept = {
        "acronym_key": code_key(ACRONYM),
        "name_key": name_key(NAME),
        "search_text": search_form(f"{ACRONYM} {NAME}"),
    }
    insert = ORGANIZATION.insert().values(**told, **kept).returning(columns.id)
    number = bind.scalar(insert)
    changes = {name: [None, value] for name, value in {"id": number, **told}.items()}
    record(revision, "organization", number, "insert", changes)


def downgrade() -> None:
    """It stays: lines and users may refer to it."""
