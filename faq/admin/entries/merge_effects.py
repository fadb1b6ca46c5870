"""Descriptions of everything that a merge does, read from the real merge before it is rolled back."""

from collections import Counter
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Q

from faq.admin.display import format_moment
from faq.domain.diff import Line
from faq.domain.dropped_sentences import list_dropped
from faq.domain.text.dates import format_day
from faq.models import Dump, Entry, EntryAlias, Passage, Schedule
from faq.models.entries import reference

_DESCRIBED_APART = {
    apps.get_model("faq", name)
    for name in (
        "Assignment", "AssignmentChange", "Batch", "DroppedSchedule", "EntryAlias", "EntryTheme", "MovedRow",
        "Notification", "Pair", "Passage", "Presence", "Schedule", "SearchedEntry",
    )
}  # fmt: skip
"""Tables that the page describes in sections of their own, or that say nothing about the past of an entry."""


@dataclass(frozen=True)
class Before:
    """The state before the merge."""

    survivor: Entry
    absorbed: list[Entry]
    former: list[tuple[int, int]]
    """Numbers that led to an absorbed entry already, each with the number of that entry."""
    schedules: list[Schedule]
    others: list[str]
    """Counts of the other rows that refer to an absorbed entry, in French."""


@dataclass(frozen=True)
class Effects:
    """The effects of a merge on the entries and on everything that leads or belongs to them; sentences are French."""

    survivor: Entry
    live: bool
    states: list[str]
    redirects: list[tuple[str, str, str]]
    """Address, reference, and the reference of the entry to which they led so far, empty where it was their own."""
    passages: int
    dumps: list[tuple[Dump, int]]
    schedules: list[str]
    others: list[str]
    dropped: list[tuple[str, list[Line]]]
    """The sentences of each entry, the survivor too, that will not be said as they were, under its name."""


def read_before(survivor, sides):
    """Return the state that the merge is about to change."""
    entries = {side.number: side.entry for side in sides}
    absorbed = [entry for number, entry in entries.items() if number != survivor]
    former = EntryAlias.objects.filter(survivor__in=absorbed).order_by("former")
    schedules = Schedule.objects.filter(entry__in=entries).select_related("entry")
    return Before(
        survivor=entries[survivor],
        absorbed=absorbed,
        former=list(former.values_list("former", "survivor")),
        schedules=list(schedules),
        others=count_other_rows([entry.pk for entry in absorbed]),
    )


def describe_effects(before, report):
    """Compare the state before with the present one; to be called before the merge is rolled back."""
    after = report.survivor
    return Effects(
        survivor=after,
        live=after.live_id is not None,
        states=[
            _survivor_state(before, report),
            *(_absorbed_state(entry, after) for entry in before.absorbed),
            *_review_date_sentences(after),
        ],
        redirects=_redirects(before),
        passages=report.passages,
        dumps=_dumps_of_passages(report.batch.moved_rows.values("passage")),
        schedules=_cancelled_schedules(before.schedules),
        others=before.others,
        dropped=list(_dropped_sentences([before.survivor, *before.absorbed], after)),
    )


def _survivor_state(before, report):
    entry, after = before.survivor, report.survivor
    name = entry.reference
    if not report.changed:
        return f"{name} reste comme elle est : ni son texte, ni son classement, ni son état ne changent."
    if after.live_id is None:
        return f"{name} reste hors ligne ({after.get_status_display()}) et prend le texte ci-dessus."
    if entry.live_id is None:
        return f"{name} est mise en ligne avec le texte ci-dessus, parce qu’une fiche absorbée l’était."
    draft = " ; son brouillon en cours est remplacé" if entry.has_draft else ""
    return f"{name} reste en ligne ; le public y lit aussitôt le texte ci-dessus{draft}."


def _absorbed_state(entry, after):
    name = entry.reference
    if entry.live_id is None:
        return f"{name} ({entry.head.get_status_display()}, pas en ligne) est archivée."
    draft = " Son brouillon en cours ne sera pas publié ; il reste dans l’historique." if entry.has_draft else ""
    return f"{name} quitte le site et est archivée : {after.reference} répond à sa place.{draft}"


def _review_date_sentences(survivor):
    day = Entry.objects.values_list("review_before", flat=True).get(pk=survivor.pk)
    if day is None:
        return []
    return [f"{survivor.reference} sera à revoir avant le {format_day(day)}, d’après la vérification la plus ancienne."]


def _redirects(before):
    by_number = {entry.pk: entry for entry in before.absorbed}
    own = [(entry.get_absolute_url(), entry.reference, "") for entry in before.absorbed]
    older = Entry.objects.in_bulk([number for number, _ in before.former])
    older_addresses = [
        (older[number].get_absolute_url(), reference(number), by_number[through].reference)
        for number, through in before.former
    ]
    return own + older_addresses


def _dumps_of_passages(moved):
    """Return the dumps whose passages move, with their number."""
    per_dump = Counter(Passage.objects.filter(pk__in=moved).order_by().values_list("dump", flat=True))
    dumps = Dump.objects.filter(pk__in=per_dump).select_related("batch").defer("tail")
    return [(dump, per_dump[dump.pk]) for dump in dumps]


def _cancelled_schedules(schedules):
    remaining = set(Schedule.objects.filter(pk__in=[planned.pk for planned in schedules]).values_list("pk", flat=True))
    return [
        f"{planned.get_action_display().capitalize()} de {planned.entry.reference}, "
        f"prévue le {format_moment(planned.due_at)} : oubliée, et rétablie si la fusion est annulée."
        for planned in schedules
        if planned.pk not in remaining
    ]


def count_other_rows(numbers, *, without=()):
    """Count the rows of all other tables that refer to these entries, those of applications not left out too."""
    named = {}
    for relation in Entry._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        model = relation.related_model
        if model not in _DESCRIBED_APART and not model._meta.auto_created and model._meta.app_label not in without:
            named[model] = named.get(model, Q()) | Q(**{f"{relation.field.name}__in": numbers})
    counts = [(model._meta, model._default_manager.filter(rows).count()) for model, rows in named.items()]
    texts = [f"{many} {meta.verbose_name if many == 1 else meta.verbose_name_plural}" for meta, many in counts if many]
    return sorted(texts, key=lambda text: text.split(" ", 1)[1])


def _dropped_sentences(entries, after):
    """Yield the sentences that each entry said and the survivor will not: what is live, then what its draft changes.

    The public loses the first; the second only editors have read.
    """
    said = [after.head.question, after.head.answer]
    for entry in entries:
        versions = [entry.head]
        if entry.live is not None and entry.live_id != entry.head_id:
            versions.insert(0, entry.live)
        read = []
        for version in versions:
            texts = [version.question, version.answer]
            name = entry.reference
            if len(versions) > 1:
                name += ", brouillon" if read else ", telle que le public la lit"
            if lines := list_dropped(texts, [*said, *read]):
                yield name, lines
            read = texts
