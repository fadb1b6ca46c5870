"""What was planned for entries that are merged: dropped with the merge, and planned again when it is undone."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TypedDict

from faq.models import Batch, Schedule, Version

OVERDUE = "Son heure est passée pendant que la fiche était fusionnée. Planifiez-la de nouveau, ou renoncez-y."


class DroppedPlan(TypedDict):
    """A row of the table of schedules as a batch remembers it; times are ISO 8601."""

    entry: int
    action: str
    version: int | None
    due_at: str
    author: int | None
    created_at: str
    failed_at: str | None
    error: str


def plans_for(numbers: Collection[int]) -> list[Schedule]:
    """Return what is planned for entries."""
    return list(Schedule.objects.filter(entry__in=numbers))


def dropped(plans: Sequence[Schedule]) -> list[DroppedPlan]:
    """Return those that are not planned any more."""
    left = set(Schedule.objects.filter(pk__in=[plan.pk for plan in plans]).values_list("pk", flat=True))
    return [
        DroppedPlan(
            entry=plan.entry_id,
            action=plan.action,
            version=plan.version_id,
            due_at=plan.due_at.isoformat(),
            author=plan.author_id,
            created_at=plan.created_at.isoformat(),
            failed_at=plan.failed_at.isoformat() if plan.failed_at else None,
            error=plan.error,
        )
        for plan in plans
        if plan.pk not in left
    ]


def plan_again(batch: Batch, numbers: Iterable[int], at: datetime) -> None:
    """Plan again what a merge dropped for entries that are as before it, unless somebody has planned it since.

    What became due meanwhile is not done of a sudden: it waits for an editor, like what failed.
    """
    back = set(numbers)
    planned = set(Schedule.objects.filter(entry__in=back).values_list("entry", "action"))
    Schedule.objects.bulk_create(
        _plan(remembered, batch, at)
        for remembered in batch.moved.get("schedules", ())
        if remembered["entry"] in back and (remembered["entry"], remembered["action"]) not in planned
    )


def _plan(remembered: DroppedPlan, batch: Batch, at: datetime) -> Schedule:
    due_at, failed_at = datetime.fromisoformat(remembered["due_at"]), remembered["failed_at"]
    overdue = due_at <= at and not failed_at
    return Schedule(
        entry_id=remembered["entry"],
        action=remembered["action"],
        version_id=_version(remembered, batch),
        due_at=due_at,
        author_id=remembered["author"],
        created_at=datetime.fromisoformat(remembered["created_at"]),
        failed_at=at if overdue else datetime.fromisoformat(failed_at) if failed_at else None,
        error=OVERDUE if overdue else remembered["error"],
    )


def _version(remembered: DroppedPlan, batch: Batch) -> int | None:
    """Return the version to publish: where it was the latest before the merge, the one of now that says the same."""
    versions = Version.objects.filter(entry=remembered["entry"])
    merged = versions.filter(batch=batch).order_by("number").first()
    planned = versions.filter(pk=remembered["version"]).first()
    if planned and merged and planned.number == merged.number - 1:
        return int(versions.order_by("-number")[0].pk)
    return remembered["version"]
