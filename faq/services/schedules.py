"""Publications and withdrawals at a given time: planning them, and carrying them out when it has come."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from faq.enums import Action, EntryStatus, NotificationKind, Origin
from faq.models import Batch, DroppedSchedule, Entry, Schedule, Version
from faq.models.schedules import PLAN_COLUMNS
from faq.services.conflicts import StaleVersion, check_base
from faq.services.content import EntryError, content_of
from faq.services.notifications import notify
from faq.services.roles import Author, require
from faq.services.versions import Outcome, Provenance, drop_schedules, latest, lock_entries
from faq.services.workflow import publish_entry, target_status, withdraw_entry

PAST_MOMENT = "Cette date est passée : choisissez un moment à venir."
_RIGHT = "faq.publish_entry"
OVERDUE = "Son heure est passée entre-temps. Planifiez-la de nouveau, ou renoncez-y."
_log = logging.getLogger(__name__)


@transaction.atomic
def schedule(
    number: int, action: Action, due_at: datetime, provenance: Provenance, *, base: int | None = None
) -> Schedule:
    """Plan to publish an entry's latest text (PUBLISHED), and no other, or to withdraw the entry (WITHDRAWN).

    A plan for the same action is replaced. Raises EntryError where the time has passed or the entry cannot go
    that way, StaleVersion where `base` is not the latest version any more, PermissionDenied, Entry.DoesNotExist.
    """
    require(provenance.author, _RIGHT)
    [entry] = lock_entries([number])
    check_base(entry, base)
    _refuse_impossible(entry, action, due_at, provenance.at)
    planned, _ = Schedule.objects.update_or_create(
        entry=entry,
        action=action,
        defaults={
            "version": latest(entry) if action == Action.PUBLISHED else None,
            "due_at": due_at,
            "author": provenance.author,
            "created_at": provenance.at,
            "failed_at": None,
            "error": "",
        },
    )
    return planned


@transaction.atomic
def cancel(planned: Schedule, author: Author) -> bool:
    """Delete a plan; return whether it was still there. Raises PermissionDenied."""
    require(author, _RIGHT)
    lock_entries([planned.entry_id])
    gone, _ = Schedule.objects.filter(pk=planned.pk).delete()
    return bool(gone)


@dataclass(slots=True)
class DueReport:
    """The plans that were carried out, and those that failed and wait for an editor."""

    done: list[Outcome] = field(default_factory=list)
    failed: list[Schedule] = field(default_factory=list)


def carry_out_due(at: datetime | None = None) -> DueReport:
    """Do what is due by a time, one transaction per entry: one that fails is marked so and stops no other.

    Safe to repeat, and to run on several machines at once: the second to come to an entry finds nothing to do.
    """
    report = DueReport()
    for number in Schedule.objects.due(at or timezone.now()).values_list("pk", flat=True):
        try:
            outcome = _carry_out(number)
        except (EntryError, DatabaseError) as failure:
            report.failed += _mark_failed(number, failure)
        else:
            report.done += [outcome] if outcome else []
    return report


@transaction.atomic
def _carry_out(number: int) -> Outcome | None:
    """Carry out one plan and forget it, together or not at all; return None where another process was faster."""
    entry = Schedule.objects.filter(pk=number).values_list("entry", flat=True).first()
    if entry is None:
        return None
    # The entry before its plan, in the order of all other writers.
    lock_entries([entry])
    planned = Schedule.objects.select_related("author", "version").filter(pk=number, failed_at=None).first()
    if planned is None or planned.due_at > timezone.now():
        return None
    planned.delete()
    # The author had the right when planning, and may have left since: the system acts.
    provenance = Provenance(Origin.SCHEDULE, comment=_build_planner_text(planned))
    if planned.action == Action.WITHDRAWN:
        return withdraw_entry(entry, provenance)
    return publish_entry(entry, provenance, base=planned.version.number)


def _mark_failed(number: int, failure: Exception) -> list[Schedule]:
    if not isinstance(failure, EntryError):
        _log.error("schedule %s could not be carried out", number, exc_info=failure)
    reason = _explain(failure)
    at = timezone.now()
    with transaction.atomic():
        if not Schedule.objects.filter(pk=number, failed_at=None).update(failed_at=at, error=reason):
            return []
        plans = list(Schedule.objects.select_related("entry", "author").filter(pk=number))
        for plan in plans:
            key = f"plan {plan.pk} {at:%Y-%m-%d %H:%M:%S.%f}"
            notify(plan.author, NotificationKind.PLAN_FAILED, plan.entry, text=reason, key=key)
    return plans


def _explain(failure: Exception) -> str:
    """Return why a plan was not carried out, in French; nobody was at a form to start again from it."""
    if isinstance(failure, StaleVersion):
        name, version = failure.entry.reference, failure.theirs.number
        changed = f"La fiche {name} a été modifiée entre-temps (version {version})"
        return f"{changed}\u00a0: ce nouveau texte n’est pas celui dont la publication était prévue."
    if isinstance(failure, EntryError):
        return str(failure)
    return "La base de données a refusé l’opération\u00a0; prévenez un administrateur."


def drop_restored_plans(undo: Batch, numbers: Collection[int]) -> list[Schedule]:
    """Drop the plans of entries that the batch which is undone had planned again, as an undo itself."""
    batch = undo.undoes
    if batch is None or batch.undoes_id is None:
        return []
    restored = set(_dropped_by(batch.undoes_id, numbers).values_list("entry", "action", "created_at"))
    plans = Schedule.objects.filter(entry__in=numbers)
    return drop_schedules([plan for plan in plans if (plan.entry_id, plan.action, plan.created_at) in restored], undo)


def restore_plans(undo: Batch, reverted: Mapping[int, Entry]) -> list[Schedule]:
    """Plan again what the batch which is undone dropped of entries that are as before; return these plans.

    Plans that publish a text which is the latest again follow it to the version that brought it back.
    """
    standing = set(Schedule.objects.filter(entry__in=reverted).values_list("entry", "action"))
    planned = Schedule.objects.bulk_create(
        _plan_again(dropped, undo.created_at)
        for dropped in _dropped_by(undo.undoes_id, reverted)
        if (dropped.entry_id, dropped.action) not in standing
    )
    published = Schedule.objects.filter(entry__in=reverted, action=Action.PUBLISHED)
    plans = list(published.select_related("version__returns_to__returns_to"))
    for plan in plans:
        head = reverted[plan.entry_id].head
        if head and head.returns_to_id and plan.version and head.original == plan.version.original:
            plan.version = head
    Schedule.objects.bulk_update(plans, ["version"])
    return planned


def _dropped_by(batch: int | None, numbers: Iterable[int]) -> QuerySet[DroppedSchedule]:
    return DroppedSchedule.objects.filter(batch=batch, entry__in=list(numbers)).order_by("pk")


def _plan_again(dropped: DroppedSchedule, at: datetime) -> Schedule:
    plan = Schedule(**{column: getattr(dropped, column) for column in PLAN_COLUMNS})
    if plan.due_at <= at and not plan.failed_at:
        # An editor decides on what became due meanwhile, as on what failed.
        plan.failed_at, plan.error = at, OVERDUE
    return plan


def _build_planner_text(planned: Schedule) -> str:
    author = planned.author
    name = (author.get_full_name() or author.get_username()) if author else "le système"
    return f"Planifiée par {name}."


def _refuse_impossible(entry: Entry, action: Action, due_at: datetime, now: datetime) -> None:
    if due_at <= now:
        raise EntryError(PAST_MOMENT)
    head: Version = latest(entry)
    if action == Action.PUBLISHED:
        if entry.live_id == head.pk:
            raise EntryError(f"Le texte de la fiche {entry.reference} est déjà en ligne.")
        target_status(action, entry, content_of(head))
    elif entry.status != EntryStatus.PUBLISHED and not entry.schedules.filter(action=Action.PUBLISHED).exists():
        raise EntryError(f"La fiche {entry.reference} n’est pas en ligne, et sa publication n’est pas planifiée.")
