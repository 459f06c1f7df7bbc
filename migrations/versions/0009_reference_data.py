"""The ministries, offices and agencies of BARMM, and the four structure templates that ship.

Both are ordinary rows that an administrator can change later; names and acronyms are those of the
FY2025 appropriations act, the templates those of `obcms.work.rules.structure`.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from obcms.work.rules.shipped_templates import SHIPPED_TEMPLATES

revision = "0009_reference_data"
down_revision = "0008_jobs_and_uploads"
branch_labels = None
depends_on = None

ORGANIZATION = sa.table(
    "organization", sa.column("acronym", sa.String), sa.column("name", sa.String)
)
TEMPLATE = sa.table(
    "structure_template",
    *(sa.column(name, sa.Text) for name in ("name", "title", "description", "kind", "outline")),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ("created_at", "updated_at")),
)
ORGANIZATIONS = (
    ("BAGO", "Bangsamoro Attorney-General's Office"),
    ("BBOI", "Bangsamoro Board of Investments"),
    ("BCPCH", "Bangsamoro Commission for the Preservation of Cultural Heritage"),
    ("BDI", "Bangsamoro Darul-Ifta'"),
    ("BHRC", "Bangsamoro Human Rights Commission"),
    ("BICTO", "Bangsamoro Information and Communications Technology Office"),
    ("BIO", "Bangsamoro Information Office"),
    ("BPA", "Bangsamoro Pilgrimage Authority"),
    ("BPDA", "Bangsamoro Planning and Development Authority"),
    ("BSC", "Bangsamoro Sports Commission"),
    ("BWC", "Bangsamoro Women Commission"),
    ("BYC", "Bangsamoro Youth Commission"),
    ("CSEA", "Cooperatives and Social Enterprise Authority"),
    ("DAB", "Development Academy of the Bangsamoro"),
    ("MAFAR", "Ministry of Agriculture, Fisheries and Agrarian Reform"),
    ("MBHTE", "Ministry of Basic, Higher and Technical Education"),
    ("MENRE", "Ministry of Environment, Natural Resources and Energy"),
    ("MFBM", "Ministry of Finance, and Budget and Management"),
    ("MHSD", "Ministry of Human Settlements and Development"),
    ("MILG", "Ministry of the Interior and Local Government"),
    ("MIPA", "Ministry of Indigenous Peoples' Affairs"),
    ("MOH", "Ministry of Health"),
    ("MOLE", "Ministry of Labor and Employment"),
    ("MOST", "Ministry of Science and Technology"),
    ("MOTC", "Ministry of Transportation and Communications"),
    ("MPOS", "Ministry of Public Order and Safety"),
    ("MPW", "Ministry of Public Works"),
    ("MSSD", "Ministry of Social Services and Development"),
    ("MTIT", "Ministry of Trade, Investments and Tourism"),
    ("OCM", "Office of the Chief Minister"),
    ("OOBC", "Office for Other Bangsamoro Communities"),
    ("OSC", "Office for Settler Communities"),
    ("WALI", "Office of the Wali"),
)


def upgrade() -> None:
    bind = op.get_bind()
    here = set(bind.scalars(sa.select(ORGANIZATION.c.acronym)))
    missing = [
        {"acronym": acronym, "name": name} for acronym, name in ORGANIZATIONS if acronym not in here
    ]
    if missing and bind.dialect.name == "postgresql":
        # Rows that came with their numbers, as from a copy, have not moved the sequence.
        bind.execute(
            sa.text(
                "SELECT setval(pg_get_serial_sequence('organization', 'id'),"
                " (SELECT COALESCE(MAX(id), 0) + 1 FROM organization), false)"
            )
        )
    if missing:
        bind.execute(ORGANIZATION.insert(), missing)
    now = datetime.now(UTC)
    named = set(bind.scalars(sa.select(TEMPLATE.c.name)))
    templates = [
        {
            "name": template.name,
            "title": template.title,
            "description": template.description,
            "kind": template.kind.value,
            "outline": template.outline,
            "created_at": now,
            "updated_at": now,
        }
        for template in SHIPPED_TEMPLATES
        if template.name not in named
    ]
    if templates:
        bind.execute(TEMPLATE.insert(), templates)


def downgrade() -> None:
    """All stay: PPAs refer to the ministries, and an administrator may have edited a template."""
