"""Choice lists of this slice. Values are stored; labels are shown."""

from obcms.kernel.rules.choice import Choice


class MailState(Choice):
    """What became of a notification's mail."""

    WAITING = "waiting"
    SENT = "sent"
    NOT_WANTED = "not_wanted"
    GIVEN_UP = "given_up"


class DeliveryWay(Choice):
    """How a user wants to hear of a kind of event; the inbox always has it."""

    AT_ONCE = "at_once", "By mail at once"
    DIGEST = "digest", "In one mail a day"
    INBOX = "inbox", "Only in the inbox"
