"""How tables write a line's cost structure."""

from collections.abc import Mapping

STRUCTURES: Mapping[str, str] = {
    "general administration and support": "gas",
    "support to operations": "sto",
    "operations": "ops",
    "special purpose fund": "spf",
    "special purpose funds": "spf",
}
