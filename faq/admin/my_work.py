"""« Mon travail »: what waits for one person, each kind with its number and its first lines, on the home page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.timezone import localtime

from faq.admin.display import person_name
from faq.domain.text import dates
from faq.enums import WorkKind
from faq.models import Entry, Note, Schedule, Version
from faq.selectors.counting import count_all
from faq.selectors.personal_work import find_refusals, get_personal_work, get_unanswered_mentions

LINES_SHOWN = 4
_DETAIL_MAX_LENGTH = 160

Describe = Callable[[list[Entry], User], Mapping[int, str]]
"""Returns what a line says of each entry beside its question, in French, by the entries' numbers."""


@dataclass(frozen=True)
class Line:
    """One entry that waits, where it is dealt with, and what is to be known of it."""

    entry: Entry
    address: str
    detail: str


@dataclass(frozen=True)
class Section:
    """One kind of work: how much of it waits, the list of all of it, and the first of it."""

    kind: WorkKind
    number: int
    address: str
    lines: list[Line]
    nothing: str
    """The sentence that is shown where nothing waits."""

    @property
    def more(self) -> int:
        """The number of entries that are not among the lines."""
        return self.number - len(self.lines)


@dataclass(frozen=True)
class _Plan:
    """The way in which a kind of work is shown: its right, its order, the words of its lines and of an empty list."""

    permission: str
    order: tuple[str | F, ...]
    describe: Describe
    nothing: str


def build_my_work(user: User) -> list[Section]:
    """Return the kinds of work that the person may do, in a number of queries that their amount does not change."""
    plans = {kind: plan for kind, plan in _PLANS.items() if user.has_perm(plan.permission)}
    work = {kind: get_personal_work(kind, user.pk) for kind in plans}
    counts = count_all({kind.value: entries.values("pk") for kind, entries in work.items()})
    return [_build_section(kind, plans[kind], entries, counts[kind.value], user) for kind, entries in work.items()]


def _build_section(kind: WorkKind, plan: _Plan, entries: QuerySet[Entry], number: int, user: User) -> Section:
    address = work_address(kind, user)
    light = entries.select_related("head__author", "assignment__author").defer("answer", "search_text", "head__answer")
    first = list(light.order_by(*plan.order, "pk")[:LINES_SHOWN])
    details = plan.describe(first, user)
    return Section(
        kind,
        number,
        address,
        [Line(entry, _line_address(kind, entry, address), details.get(entry.pk, "")) for entry in first],
        plan.nothing,
    )


def work_address(kind: WorkKind, user: User) -> str:
    """Return the address of the list of all that waits: « À relire » for reviews, else the list of entries."""
    page = "review" if kind is WorkKind.TO_REVIEW else "changelist"
    return f"{reverse(f'admin:faq_entry_{page}')}?pour={kind}-{user.pk}"


def _line_address(kind: WorkKind, entry: Entry, address: str) -> str:
    if kind is WorkKind.TO_REVIEW:
        return f"{address}#{entry.reference}"
    page = reverse("admin:faq_entry_change", args=(entry.pk,))
    return f"{page}#notes" if kind is WorkKind.MENTIONED else page


def _describe_refused(entries: list[Entry], user: User) -> dict[int, str]:
    refusals = find_refusals(user.pk)
    versions = Version.objects.filter(pk__in=[refusals[entry.pk] for entry in entries if entry.pk in refusals])
    light = versions.select_related("author").defer("answer", "filing")
    return {version.entry_id: f"{_quote(version.comment)} {_sign(version)}" for version in light}


def _sign(version: Version) -> str:
    return f"{person_name(version.author)}, le {_day(version.created_at)}"


def _describe_assigned(entries: list[Entry], user: User) -> dict[int, str]:
    return {
        entry.pk: f"par {_person(entry.assignment.author, user)}, le {_day(entry.assignment.assigned_at)}"
        for entry in entries
    }


def _describe_mentions(entries: list[Entry], user: User) -> dict[int, str]:
    numbers = [entry.pk for entry in entries]
    notes = get_unanswered_mentions(user.pk).select_related("author", "thread__entry__alias").order_by("pk")
    told = {}
    for note in notes.filter(thread__in=_threads_of(numbers)):
        alias = getattr(note.thread.entry, "alias", None)
        number = alias.survivor_id if alias else note.thread.entry_id
        told[number] = f"{person_name(note.author)}\u00a0: {_quote(note.text)}"
    return told


def _threads_of(numbers: list[int]) -> QuerySet:
    of_entries = Note.objects.filter(thread__entry__in=numbers)
    return (of_entries | Note.objects.filter(thread__entry__alias__survivor__in=numbers)).values("thread")


def _describe_failed_plans(entries: list[Entry], user: User) -> dict[int, str]:
    failed = Schedule.objects.failed().filter(entry__in=[entry.pk for entry in entries], author=user)
    return {plan.entry_id: _cut(plan.error) for plan in failed}


def _describe_submitted(entries: list[Entry], user: User) -> dict[int, str]:
    return {entry.pk: f"soumise par {_sign(entry.head)}" for entry in entries}


def _describe_drafts(entries: list[Entry], user: User) -> dict[int, str]:
    return {entry.pk: f"modifiée le {_day(entry.head.created_at)}" for entry in entries}


def _describe_due(entries: list[Entry], user: User) -> dict[int, str]:
    return {entry.pk: f"à revoir avant le {dates.format_day(entry.review_before)}" for entry in entries}


def _cut(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(_DETAIL_MAX_LENGTH)


def _quote(text: str) -> str:
    return f"«\u00a0{_cut(text)}\u00a0»"


def _day(moment) -> str:
    return dates.format_day(localtime(moment))


def _person(author: User | None, user: User) -> str:
    return "vous" if author == user else person_name(author)


_LATEST = ("-head__created_at",)
_PLANS = {
    WorkKind.REFUSED: _Plan("faq.change_entry", _LATEST, _describe_refused, "Aucun de vos textes n’est refusé."),
    WorkKind.ASSIGNED: _Plan(
        "faq.change_entry",
        ("-assignment__assigned_at",),
        _describe_assigned,
        "Aucune fiche ne vous est attribuée.",
    ),
    WorkKind.MENTIONED: _Plan("faq.view_entry", _LATEST, _describe_mentions, "Aucune note sans réponse ne vous cite."),
    WorkKind.PLAN_FAILED: _Plan(
        "faq.publish_entry", ("pk",), _describe_failed_plans, "Aucune de vos planifications n’est en échec."
    ),
    WorkKind.TO_REVIEW: _Plan(
        "faq.publish_entry", ("head__created_at",), _describe_submitted, "Aucun texte n’attend votre relecture."
    ),
    WorkKind.DRAFTS: _Plan("faq.change_entry", _LATEST, _describe_drafts, "Vous n’avez aucun brouillon en cours."),
    WorkKind.REVIEW_DUE: _Plan(
        "faq.check_entry",
        (F("review_before").asc(),),
        _describe_due,
        "Aucune fiche que vous avez vérifiée, ou qui vous est attribuée, n’est à revoir.",
    ),
}
