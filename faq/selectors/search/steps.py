"""Which changes a search server has to learn: steps among those of the epoch, in the order in which they came true.

They are left only where a server is switched on. Their tokens never were the epoch's; the entries that they name
are those whose row in `SearchedEntry` changed, or is gone.
"""

import uuid
from collections.abc import Collection

from faq.models.epochs import EpochStep

_OURS = "s-"


def leave_step(numbers: Collection[int]) -> None:
    """Remember which entries a search server has to learn again.

    To be called in the transaction that changes them, after the epoch moved: steps are numbered in the order in
    which they come true.
    """
    EpochStep.objects.create(token=f"{_OURS}{uuid.uuid4().hex[: 32 - len(_OURS)]}", entries=sorted(numbers))


def latest_step() -> int:
    """Return the number of the latest step; 0 before the first."""
    found = EpochStep.objects.filter(token__startswith=_OURS).order_by("-pk").values_list("pk", flat=True).first()
    return found or 0


def changed_between(step: int, upto: int) -> set[int] | None:
    """Return the entries that changed between two steps; None where that is not remembered."""
    steps = EpochStep.objects.filter(token__startswith=_OURS, pk__lte=upto).order_by("pk")
    # What was forgotten came before what is remembered: the step itself has to be among it.
    if not steps.filter(pk=step).exists():
        return None
    later = steps.filter(pk__gt=step).values_list("entries", flat=True)
    return {number for numbers in later for number in numbers}
