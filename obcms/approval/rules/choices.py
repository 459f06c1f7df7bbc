"""Choice lists of this slice. Values are stored; labels are shown."""

from obcms.kernel.rules.choice import Choice


class AmendmentKind(Choice):
    """How an approved PPA was changed (SPEC 5, 6, 7)."""

    AMENDMENT = "amendment"
    CUT = "cut", "Cut by law"
    REALIGNMENT = "realignment"
    CANCELLATION = "cancellation"
    RESUMPTION = "resumption", "Cancellation taken back"
