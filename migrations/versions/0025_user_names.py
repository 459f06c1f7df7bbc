"""User names in one form: folded, so that no two are the same to a reader."""

import unicodedata
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from trail import record

revision = "0025_user_names"
down_revision = "0024_room_between_siblings"
branch_labels = None
depends_on = None

USER = sa.table("user_account", sa.column("id"), sa.column("username"), sa.column("version"))
# Letters of other scripts that are drawn like these.
DRAWN_ALIKE = str.maketrans("абвегкмнорстухіјѕһԁԛԝαβεικνορτυχ", "abbeгkmhopctyxijshdqwabeiкvopтux")


def upgrade() -> None:
    """Refuses where two names are the same once folded, or drawn alike."""
    bind = op.get_bind()
    users = bind.execute(sa.select(USER).order_by(USER.c.id)).all()
    alike = defaultdict(list)
    for user in users:
        alike[_drawn(user.username)].append(user)
    colliding = [group for group in alike.values() if len(group) > 1]
    if colliding:
        raise RuntimeError(_explained(colliding))
    for user in users:
        name = _folded(user.username)
        if name != user.username:
            changes = {"username": [user.username, name]}
            changes["version"] = [user.version, user.version + 1]
            new = {"username": name, "version": user.version + 1}
            bind.execute(USER.update().where(USER.c.id == user.id).values(**new))
            record(revision, "user_account", user.id, "update", changes)


def _folded(name: str) -> str:
    printable = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    return unicodedata.normalize("NFKC", printable).strip().lower()


def _drawn(name: str) -> str:
    """Without accents, and each foreign letter as the one that looks like it."""
    plain = unicodedata.normalize("NFKD", _folded(name).translate(DRAWN_ALIKE))
    return "".join(char for char in plain if not unicodedata.combining(char))


def _explained(colliding: list[list[sa.Row]]) -> str:
    lines = ["These user names cannot be told apart. Rename each, then upgrade again:"]
    for first, *others in colliding:
        lines += [
            f"  “{other.username}” is taken for “{first.username}”: "
            f"flask user rename number:{other.id} NEW-NAME"
            for other in others
        ]
    return "\n".join(lines)


def downgrade() -> None:
    """A folded name is a name in the older form, too."""
