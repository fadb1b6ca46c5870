"""The stored entries that a text looks like: listed while it is typed, named in a message when it is saved."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from faq.admin.pages import AdminView
from faq.domain.limits import ANSWER_MAX_LENGTH, QUESTION_MAX_LENGTH
from faq.enums import PairCause, PairKind
from faq.models import Entry, Pair
from faq.models.entries import number_of
from faq.services.content import normalize_line_ends
from faq.services.duplicates import compare_waiting, count_uncompared, find_similar

_SHOWN = 5
_SIBLINGS_SHOWN = 3
_NAMED = 3
"""Pairs that a message names; the queue shows all."""
_NEW_ENTRY = 0


@dataclass(frozen=True)
class SimilarEntry:
    """A stored entry, the kind of its likeness to a text, and what tells the two apart."""

    entry: Entry
    kind: str
    cause: str


class SimilarEntriesView(AdminView):
    """The list below the form of the stored entries that the typed text looks like."""

    permission = "faq.view_pair"

    def has_permission(self):
        """Return whether the account may view both entries and pairs."""
        return super().has_permission() and self.model_admin.has_view_permission(self.request)

    def post(self, request):
        """Return the list, the best first; nothing is stored."""
        number = number_of(request.POST.get("number", "")) or _NEW_ENTRY
        question, answer = (normalize_line_ends(request.POST.get(name, "")) for name in ("question", "answer"))
        found = _find_similar(question, answer, number) if answer.strip() else []
        alike = [pair for pair in found if pair.verdict.kind != PairKind.SIBLINGS][:_SHOWN]
        siblings = [pair for pair in found if pair.verdict.kind == PairKind.SIBLINGS][:_SIBLINGS_SHOWN]
        entries = Entry.objects.select_related("head").defer("answer", "search_text", "head__filing")
        read = entries.in_bulk([_other(pair, number) for pair in (*alike, *siblings)])
        context = {"alike": _similar_entries(alike, number, read), "siblings": _similar_entries(siblings, number, read)}
        hidden = len(found) - len(alike) - len(siblings)
        context["others"] = hidden + (count_uncompared(question, answer, number=number) if len(found) > 1 else 0)
        return render(request, "admin/faq/entry/similar.html", context)


def warn_of_duplicates(request, entry):
    """Add a message that names what a saved entry may repeat."""
    if not request.user.has_perm("faq.view_pair"):
        return
    compare_waiting([entry.pk])
    pairs = list(Pair.objects.open().of_entry(entry.pk).select_related("left", "right"))
    if not pairs:
        return
    named = [f"{_partner(pair, entry).reference} ({pair.get_kind_display()})" for pair in pairs[:_NAMED]]
    more = [f"et {len(pairs) - _NAMED} de plus"] if len(pairs) > _NAMED else []
    queue = f"{reverse('admin:faq_entry_duplicates')}?fiche={entry.pk}"
    link = format_html('<a href="{}">Les examiner</a>', queue)
    text = "Doublon possible : {}. {}" if len(pairs) == 1 else "Doublons possibles : {}. {}"
    messages.warning(request, format_html(text, ", ".join([*named, *more]), link))


def _find_similar(question, answer, number):
    """Return the pairs of a typed text; none for one above the limits, which cannot be saved."""
    if len(question) > QUESTION_MAX_LENGTH or len(answer) > ANSWER_MAX_LENGTH:
        return []
    return find_similar(question, answer, number=number)


def _similar_entries(pairs, number, entries):
    found = [(pair, entries.get(_other(pair, number))) for pair in pairs]
    return [
        SimilarEntry(entry, capfirst(PairKind(pair.verdict.kind).label), _cause(pair, number))
        for pair, entry in found
        if entry
    ]


def _other(pair, number):
    return pair.left if pair.right == number else pair.right


def _partner(pair, entry):
    return pair.left if pair.right_id == entry.pk else pair.right


def _cause(pair, number):
    """Return what tells the two apart, in the words of the stored entry."""
    reason = pair.verdict.reason
    if reason is None:
        return ""
    theirs = reason.left if pair.right == number else reason.right
    cause = PairCause(reason.cause)
    return f"{cause.label} : « {theirs} »" if theirs and cause is not PairCause.QUESTION else cause.label
