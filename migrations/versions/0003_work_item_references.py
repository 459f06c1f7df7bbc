"""Gives work items real foreign keys to their PPA, assessment and policy recommendation.

The generic kind and number of each item are converted. What a foreign key cannot hold (an unknown
kind, a record that is gone, another PPA than the rest of the tree) stays in
`generic_work_item_reference` and comes back with a downgrade. What the generic form cannot hold (a
second or third reference of one item) stays in `extra_work_item_reference` until the next upgrade.
"""

from collections import defaultdict
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from ddl import changing

revision = "0003_work_item_references"
down_revision = "0002_ppa_tracking_fields"
branch_labels = None
depends_on = None

COLUMNS = {
    "ppa": "ppa_id",
    "assessment": "assessment_id",
    "policy_recommendation": "policy_recommendation_id",
}
GENERIC = sa.table(
    "generic_work_item_reference",
    sa.column("work_item_id", sa.Integer),
    sa.column("related_kind", sa.String),
    sa.column("related_id", sa.Integer),
    sa.column("converted", sa.Boolean),
)
EXTRA = sa.table(
    "extra_work_item_reference",
    sa.column("work_item_id", sa.Integer),
    sa.column("related_kind", sa.String),
    sa.column("related_id", sa.Integer),
)
ITEM = sa.table(
    "work_item",
    *(sa.column(name, sa.Integer) for name in ("id", "parent_id", "related_id", *COLUMNS.values())),
    sa.column("related_kind", sa.String),
)
Reference = tuple[str, int]


def upgrade() -> None:
    with changing("work_item") as item:
        for table, column in COLUMNS.items():
            item.add_column(sa.Column(column, sa.Integer()))
            item.create_foreign_key(op.f(f"fk_work_item_{column}"), table, [column], ["id"])
    _create_side_table(GENERIC, sa.Column("converted", sa.Boolean(), nullable=False))
    _convert()
    op.drop_index("ix_work_item_related", "work_item")
    with changing("work_item") as item:
        item.drop_column("related_kind")
        item.drop_column("related_id")
    op.create_index("ix_work_item_assessment_id", "work_item", ["assessment_id"])
    op.create_index(
        "ix_work_item_policy_recommendation_id", "work_item", ["policy_recommendation_id"]
    )


def _create_side_table(table: sa.TableClause, *more: sa.Column) -> None:
    op.create_table(
        table.name,
        sa.Column("work_item_id", sa.Integer(), nullable=False),
        sa.Column("related_kind", sa.String(32)),
        sa.Column("related_id", sa.Integer()),
        *more,
    )


def _convert() -> None:
    bind = op.get_bind()
    rows = bind.execute(sa.select(ITEM.c.id, ITEM.c.parent_id)).all()
    parents = {row.id: row.parent_id for row in rows}
    known = {kind: set(bind.scalars(sa.text(f"SELECT id FROM {kind}"))) for kind in COLUMNS}
    written = _generic_references(bind)
    extra = _take_extra(bind)
    held: dict[int, dict[str, int]] = defaultdict(dict)
    for item_id, (kind, number) in [*written.items(), *extra]:
        if item_id in parents and number in known.get(kind, ()):
            held[item_id][kind] = number
    for item_id, ppa_id in _ppa_of_trees(parents, held):
        held[item_id]["ppa"] = ppa_id
    _write(bind, held)
    archive = []
    for item_id in parents:
        kind, number = written.get(item_id, (None, None))
        archive.append(
            {
                "work_item_id": item_id,
                "related_kind": kind,
                "related_id": number,
                "converted": kind is None or held[item_id].get(kind) == number,
            }
        )
    if archive:
        bind.execute(GENERIC.insert(), archive)


def _generic_references(bind: sa.Connection) -> dict[int, Reference]:
    query = sa.select(ITEM.c.id, ITEM.c.related_kind, ITEM.c.related_id).where(
        ITEM.c.related_kind.is_not(None) | ITEM.c.related_id.is_not(None)
    )
    return {row.id: (row.related_kind, row.related_id) for row in bind.execute(query)}


def _take_extra(bind: sa.Connection) -> list[tuple[int, Reference]]:
    if not sa.inspect(bind).has_table(EXTRA.name):
        return []
    rows = bind.execute(sa.select(EXTRA)).all()
    op.drop_table(EXTRA.name)
    return [(row.work_item_id, (row.related_kind, row.related_id)) for row in rows]


def _ppa_of_trees(
    parents: dict[int, int | None], held: dict[int, dict[str, int]]
) -> Iterator[tuple[int, int | None]]:
    """One PPA for a whole tree: the root's, else the only one that its items name."""
    trees: dict[int, list[int]] = defaultdict(list)
    for item_id in parents:
        trees[_root(item_id, parents)].append(item_id)
    for root, members in trees.items():
        named = {held[item_id]["ppa"] for item_id in members if "ppa" in held[item_id]}
        ppa_id = held[root].get("ppa")
        if ppa_id is None and len(named) == 1:
            [ppa_id] = named
        for item_id in members:
            yield item_id, ppa_id


def _root(item_id: int, parents: dict[int, int | None]) -> int:
    seen = set()
    while parents.get(item_id) is not None and item_id not in seen:
        seen.add(item_id)
        item_id = parents[item_id]
    return item_id


def _write(bind: sa.Connection, held: dict[int, dict[str, int]]) -> None:
    rows = [
        {"item": item_id, **{f"new_{column}": kinds.get(kind) for kind, column in COLUMNS.items()}}
        for item_id, kinds in held.items()
    ]
    if rows:
        values = {column: sa.bindparam(f"new_{column}") for column in COLUMNS.values()}
        bind.execute(ITEM.update().where(ITEM.c.id == sa.bindparam("item")).values(values), rows)


def downgrade() -> None:
    with changing("work_item") as item:
        item.add_column(sa.Column("related_kind", sa.String(32)))
        item.add_column(sa.Column("related_id", sa.Integer()))
    _revert()
    op.drop_table(GENERIC.name)
    op.drop_index("ix_work_item_assessment_id", "work_item")
    op.drop_index("ix_work_item_policy_recommendation_id", "work_item")
    with changing("work_item") as item:
        for column in COLUMNS.values():
            item.drop_constraint(op.f(f"fk_work_item_{column}"), type_="foreignkey")
            item.drop_column(column)
    op.create_index("ix_work_item_related", "work_item", ["related_kind", "related_id"])


def _revert() -> None:
    bind = op.get_bind()
    archive = {
        row.work_item_id: (row.related_kind, row.related_id, row.converted)
        for row in bind.execute(sa.select(GENERIC))
    }
    columns = (ITEM.c.id, ITEM.c.parent_id, *(ITEM.c[name] for name in COLUMNS.values()))
    references, extra = [], []
    for row in bind.execute(sa.select(*columns)).all():
        held = {
            kind: number
            for kind, column in COLUMNS.items()
            if (number := getattr(row, column)) is not None
        }
        kind, number = _one_reference(row, held, archive.get(row.id))
        references.append({"item": row.id, "kind": kind, "number": number})
        extra += [
            {"work_item_id": row.id, "related_kind": other, "related_id": held[other]}
            for other in held
            if (other, held[other]) != (kind, number)
        ]
    if references:
        values = {"related_kind": sa.bindparam("kind"), "related_id": sa.bindparam("number")}
        bind.execute(
            ITEM.update().where(ITEM.c.id == sa.bindparam("item")).values(values), references
        )
    if extra:
        _create_side_table(EXTRA)
        bind.execute(EXTRA.insert(), extra)


def _one_reference(
    row: sa.Row, held: dict[str, int], archived: tuple[str | None, int | None, bool] | None
) -> tuple[str | None, int | None]:
    """The one the item had before, if it still stands; else the most particular one it has."""
    if archived is not None:
        kind, number, converted = archived
        had_none = kind is None and held.keys() <= {"ppa"}
        if had_none or not converted or held.get(kind, 0) == number:
            return kind, number
    for kind in ("assessment", "policy_recommendation"):
        if kind in held:
            return kind, held[kind]
    # Below the root a PPA follows from the tree; it is kept as an extra reference all the same.
    return ("ppa", held["ppa"]) if "ppa" in held and row.parent_id is None else (None, None)
