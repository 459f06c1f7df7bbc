"""What a random run has reached: the kinds of change that were made, and the refusals met."""

from collections import Counter
from dataclasses import dataclass, field

# Each refusal that a change of the tree can meet, by a part of what it says.
REFUSALS = (
    "cannot stand under",
    "levels deep",
    "cannot be moved below itself",
    "project itself cannot be moved",
    "project itself cannot be duplicated",
    "is the execution project of",
    "is the allocation of",
    "takes this from",
    "would hold",
    "that its items hold",
    "is computed from the items below",
    "has posted expenditure",
    "is voided already",
    "cannot be changed; void it",
    "cannot be deleted; void it",
    "Nothing is allocated to these items now",
    "has no share in the template",
    "no open items",
    "There is no budget to distribute",
    "was undone already",
    "A later distribution was applied",
    "was changed since, so this cannot be undone",
    "its work tree can be read, not changed",
)
# Those that it can meet, and need not.
RARE = ("not_own_parent",)


@dataclass
class Reach:
    """Counts by kind of change and by refusal; what a refusal says must be known."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def note_refusal(self, kind: str, said: str) -> None:
        known = [phrase for phrase in (*REFUSALS, *RARE) if phrase in said]
        assert known, f"{kind} met a refusal that nobody expected: {said}"
        self.refused.update(known)

    def missed(self, kinds: set[str]) -> set[str]:
        """The kinds that never succeeded, and the refusals that were never met."""
        return (kinds - self.done.keys()) | (set(REFUSALS) - self.refused.keys())
