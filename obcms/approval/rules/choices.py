"""Choice lists of this slice. Values are stored; labels are shown."""

from obcms.kernel.rules.choice import Choice


class AmendmentKind(Choice):
    """How an approved PPA was changed (SPEC 5, 6, 7)."""

    AMENDMENT = "amendment"
    CUT = "cut", "Cut by law"
    REALIGNMENT = "realignment"
    MOVEMENT = "movement", "Document that moves money"
    CANCELLATION = "cancellation"
    RESUMPTION = "resumption", "Cancellation taken back"


# What the history says was done.
AMENDED = {
    AmendmentKind.AMENDMENT: "amended what was approved",
    AmendmentKind.CUT: "cut the allocation by law",
    AmendmentKind.REALIGNMENT: "realigned allocation with another PPA",
    AmendmentKind.MOVEMENT: "posted a document that moves money",
    AmendmentKind.CANCELLATION: "cancelled the approved PPA",
    AmendmentKind.RESUMPTION: "took the cancellation back",
}
