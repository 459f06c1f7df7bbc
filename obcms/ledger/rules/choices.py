"""Choice lists of the ledger, in the words of BUDGET.md. Values are stored; labels are shown."""

from obcms.kernel.rules.choice import Choice


class ActKind(Choice):
    REGULAR = "regular", "Regular appropriations"
    SUPPLEMENTAL = "supplemental", "Supplemental appropriations"


class CostStructure(Choice):
    GAS = "gas", "General administration and support"
    STO = "sto", "Support to operations"
    OPS = "ops", "Operations"
    SPF = "spf", "Special purpose fund"


class FundCluster(Choice):
    REGULAR = "01", "01 - Regular Agency Fund"
    FOREIGN_ASSISTED = "02", "02 - Foreign Assisted Projects Fund"
    DOMESTIC_GRANTS = "03", "03 - Special Account - Locally Funded/Domestic Grants Fund"
    FOREIGN_GRANTS = "04", "04 - Special Account - Foreign Assisted/Foreign Grants Fund"


class LineValidity(Choice):
    """Until when a line's money may be obligated."""

    BY_ACT = "by_act", "As the act says"
    OWN_DAY = "own_day", "A day of its own"
    UNLIMITED = "unlimited", "No last day"


class EntryKind(Choice):
    APPROPRIATION = "appropriation"
    APPROPRIATION_ADJUSTMENT = "appropriation_adjustment"
    ALLOTMENT = "allotment"
    ALLOTMENT_ADJUSTMENT = "allotment_adjustment"
    TRANSFER_TO = "transfer_to"
    TRANSFER_FROM = "transfer_from"
    OBLIGATION = "obligation"
    OBLIGATION_ADJUSTMENT = "obligation_adjustment", "Obligation adjustment (NORSA)"
    PAYABLE = "payable"
    PAYABLE_ADJUSTMENT = "payable_adjustment"
    DISBURSEMENT = "disbursement"
    DISBURSEMENT_ADJUSTMENT = "disbursement_adjustment", "Refund or cancelled check"
    LIQUIDATION = "liquidation"


class RegistryKind(Choice):
    """RAPAL: of appropriations and allotments. RAOD: of allotments, obligations, disbursements."""

    RAOD = "raod", "RAOD"
    RAPAL = "rapal", "RAPAL"


class MovementKind(Choice):
    MODIFICATION = "modification", "Modification in the allotment"
    AUGMENTATION = "augmentation", "Augmentation from savings"
    TRANSFER = "transfer", "Transfer to another office"


class PaymentMode(Choice):
    CHECK = "check", "MDS check"
    ADA = "ada", "ADA"
    TRA = "tra", "TRA (tax withheld)"
    CASH_ADVANCE = "cash_advance"


class QuarterAction(Choice):
    CLOSE = "close"
    REOPEN = "reopen"


class Refusal(Choice):
    """Why the ledger refuses something; the label is what it checks, in the order of checking."""

    NO_SUCH_LINE = "no_such_line", "the line exists and is one's own"
    ROLE = "role"
    DATE = "date", "dates"
    CLOSED_QUARTER = "closed_quarter"
    ORDER = "order", "the order of closing"
    NOT_ZERO = "not_zero", "the sum of a document"
    VALIDITY = "validity", "the last day to obligate"
    UNLIQUIDATED = "unliquidated", "an open cash advance"
    ALLOTMENTS = "allotments_over_appropriations"
    OBLIGATIONS = "obligations_over_allotments"
    PAYABLES = "payables_over_obligation"
    DISBURSEMENTS = "disbursements_over_payables"
    REFUND = "refund_over_disbursements"
    INPUT = "input", "what the entry says"
    DOUBLE = "double", "a number that is used already"
    VOIDED = "voided", "what was voided before"
