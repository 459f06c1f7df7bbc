"""Who may not change the work of a ministry, and what the system tells them."""

from obcms.kernel.errors import Forbidden, NotFound

# Of a PPA of the Ministry of Health: to another ministry's staff it does not exist, and an
# executive only looks at it.
NOT_ALLOWED = [
    ("outsider", NotFound, r"^There is no such PPA\.$"),
    ("executive", Forbidden, r"^Your role does not allow this\.$"),
]
