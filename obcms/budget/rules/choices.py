"""What is typed in a distribution. Values are fields of forms and of the API; labels are shown."""

from obcms.kernel.rules.choice import Choice
from obcms.work.rules.choices import DistributionMethod


class DistributionInput(Choice):
    """What a method takes for each item."""

    WEIGHTS = "weights", "Weight"
    ALLOCATIONS = "allocations", "Amount, ₱"


# The other methods take nothing.
INPUTS = {
    DistributionMethod.WEIGHTED: DistributionInput.WEIGHTS,
    DistributionMethod.MANUAL: DistributionInput.ALLOCATIONS,
}
