"""The changes that a search server has to receive: steps of the change log, in the order of their transactions.

Steps for the server are recorded only where one is configured. Their tokens are never tokens of the epoch; the
entries they name are those whose `SearchedEntry` row changed or was deleted.
"""

import uuid
from collections.abc import Collection

from faq.models.epochs import ChangeLog

_STEP_MARK = "s-"


def record_step(numbers: Collection[int]) -> None:
    """Record which entries a search server has to receive again.

    To be called in the transaction that changes them, after it moved the epoch: the lock on the epoch numbers steps
    in the order of their transactions.
    """
    token = f"{_STEP_MARK}{uuid.uuid4().hex[: 32 - len(_STEP_MARK)]}"
    ChangeLog.objects.create(token=token, entries=sorted(numbers))


def get_latest_step() -> int:
    """Return the number of the latest step; 0 before the first."""
    steps = ChangeLog.objects.filter(token__startswith=_STEP_MARK).order_by("-pk")
    return steps.values_list("pk", flat=True).first() or 0


def changed_between(step: int, upto: int) -> set[int] | None:
    """Return the entries that changed between two steps; None where the log does not reach back to the first."""
    steps = ChangeLog.objects.filter(token__startswith=_STEP_MARK, pk__lte=upto).order_by("pk")
    # Old steps are deleted first: all later ones are there if the step itself is.
    if not steps.filter(pk=step).exists():
        return None
    later = steps.filter(pk__gt=step).values_list("entries", flat=True)
    return {number for numbers in later for number in numbers or ()}
