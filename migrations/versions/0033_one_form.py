"""Keys of what is known by its text, unique however it was typed, and what a search looks into."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa
from alembic import op

from ddl import recreate
from obcms.kernel.rules.folding import LONGEST_KEY, code_key, name_key, search_form

revision = "0033_one_form"
down_revision = "0032_digest_of_approved"
branch_labels = None
depends_on = None

Form = Callable[[str], str]
# Table, column, its key, and the command that gives one another text.
KEYS: tuple[tuple[str, str, Form, str], ...] = (
    ("organization", "acronym", code_key, "flask organization rename number:{} NEW-ACRONYM"),
    ("organization", "name", name_key, "flask organization rename --name number:{} NEW-NAME"),
    ("ppa", "code", code_key, "flask ppa rename number:{} NEW-CODE"),
    ("structure_template", "name", name_key, "flask structure-template rename number:{} NEW-NAME"),
)
SEARCHED: dict[str, Sequence[str]] = {
    "organization": ("acronym", "name"),
    "user_account": ("username", "full_name", "email"),
    "ppa": ("code", "title"),
    "structure_template": ("name", "title"),
    "work_item": ("title",),
}
BATCH = 1000


def upgrade() -> None:
    """Refuses where two records have the same key; others stay as they are."""
    if told := [line for key in KEYS for line in _colliding(*key)]:
        heading = "These are the same to a reader. Rename each, then upgrade again:"
        raise RuntimeError("\n".join([heading, *told]))
    _code_length(32, 40)
    for table, column, form, _ in KEYS:
        key = sa.String(LONGEST_KEY)
        op.add_column(table, sa.Column(f"{column}_key", key, nullable=False, server_default=""))
        _fill(table, f"{column}_key", (column,), form)
        op.create_index(op.f(f"ix_{table}_{column}_key"), table, [f"{column}_key"], unique=True)
    for table, columns in SEARCHED.items():
        text = sa.Column("search_text", sa.Text(), nullable=False, server_default="")
        op.add_column(table, text)
        _fill(table, "search_text", columns, search_form)


def downgrade() -> None:
    longest = sa.select(sa.func.max(sa.func.length(sa.column("code")))).select_from(sa.table("ppa"))
    if (op.get_bind().scalar(longest) or 0) > 32:
        raise RuntimeError("Some PPAs have codes that do not fit: flask ppa rename OLD NEW")
    for table in SEARCHED:
        op.drop_column(table, "search_text")
    for table, column, _, _ in KEYS:
        op.drop_index(op.f(f"ix_{table}_{column}_key"), table)
        op.drop_column(table, f"{column}_key")
    _code_length(40, 32)


def _colliding(table: str, column: str, form: Form, command: str) -> Iterator[str]:
    named = sa.table(table, sa.column("id"), sa.column(column))
    same = defaultdict(list)
    for number, text in op.get_bind().execute(sa.select(*named.c).order_by(named.c.id)).all():
        same[form(text)].append((number, text))
    for first, *others in same.values():
        for number, text in others:
            yield f"  {table} “{text}” and “{first[1]}”: {command.format(number)}"


def _fill(table: str, target: str, columns: Sequence[str], form: Form) -> None:
    there = sa.table(table, *(sa.column(name) for name in ("id", target, *columns)))
    bind, last = op.get_bind(), 0
    change = there.update().where(there.c.id == sa.bindparam("number"))
    change = change.values({target: sa.bindparam("text")})
    query = sa.select(there.c.id, *(there.c[name] for name in columns)).order_by(there.c.id)
    while rows := bind.execute(query.where(there.c.id > last).limit(BATCH)).all():
        bind.execute(
            change, [{"number": number, "text": form(" ".join(texts))} for number, *texts in rows]
        )
        last = rows[-1].id


def _code_length(old: int, new: int) -> None:
    if op.get_bind().dialect.name == "sqlite":
        spelled = f"code VARCHAR({old})", f"code VARCHAR({new})"
        recreate("ppa", lambda _, definition: definition.replace(*spelled))
    else:
        op.alter_column("ppa", "code", type_=sa.String(new))
