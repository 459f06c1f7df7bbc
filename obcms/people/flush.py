"""What is said where the database itself refuses a second user of a name."""

from obcms.kernel.db.constraints import PROBLEMS
from obcms.people.rules.names import NAME_TAKEN

PROBLEMS["uq_user_account_username"] = NAME_TAKEN
