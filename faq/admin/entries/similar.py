"""Which stored entries a text looks like: told while it is typed, and again when it is saved."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from faq.enums import PairCause, PairKind
from faq.models import Entry, Pair
from faq.models.entries import number_of
from faq.services.content import one_line_end
from faq.services.duplicates import compare_waiting, find_similar

_SHOWN = 5
_SIBLINGS_SHOWN = 3
_NAMED = 3
"""Pairs that a message names; the queue shows them all."""
_NEW = 0


@dataclass(frozen=True)
class Likeness:
    """One stored entry, and what it is to the text."""

    entry: Entry
    kind: str
    cause: str


def similar_entries(model_admin, request):
    """Answer with the entries that look like what was sent, best first; nothing is stored."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not (model_admin.has_view_permission(request) and request.user.has_perm("faq.view_pair")):
        raise PermissionDenied
    number = number_of(request.POST.get("number", "")) or _NEW
    question, answer = (one_line_end(request.POST.get(name, "")) for name in ("question", "answer"))
    found = find_similar(question, answer, number=number) if answer.strip() else []
    alike = [pair for pair in found if pair.verdict.kind != PairKind.SIBLINGS][:_SHOWN]
    siblings = [pair for pair in found if pair.verdict.kind == PairKind.SIBLINGS][:_SIBLINGS_SHOWN]
    entries = _entries([_other(pair, number) for pair in (*alike, *siblings)])
    context = {"alike": _likenesses(alike, number, entries), "siblings": _likenesses(siblings, number, entries)}
    return render(request, "admin/faq/entry/similar.html", context)


def tell_duplicates(request, entry):
    """Name what an entry that was just saved may repeat."""
    if not request.user.has_perm("faq.view_pair"):
        return
    compare_waiting()
    pairs = list(Pair.objects.open().of_entry(entry.pk).select_related("left", "right"))
    if not pairs:
        return
    named = [f"{_partner(pair, entry).reference} ({pair.get_kind_display()})" for pair in pairs[:_NAMED]]
    more = [f"et {len(pairs) - _NAMED} de plus"] if len(pairs) > _NAMED else []
    queue = f"{reverse('admin:faq_entry_duplicates')}?fiche={entry.pk}"
    link = format_html('<a href="{}">Les examiner</a>', queue)
    told = "Doublon possible : {}. {}" if len(pairs) == 1 else "Doublons possibles : {}. {}"
    messages.warning(request, format_html(told, ", ".join([*named, *more]), link))


def _likenesses(pairs, number, entries):
    found = [(pair, entries.get(_other(pair, number))) for pair in pairs]
    return [Likeness(entry, _kind(pair), _cause(pair, number)) for pair, entry in found if entry]


def _entries(numbers):
    entries = Entry.objects.select_related("head").defer("answer", "folded", "head__filing")
    return entries.in_bulk(numbers)


def _other(pair, number):
    return pair.left if pair.right == number else pair.right


def _partner(pair, entry):
    return pair.left if pair.right_id == entry.pk else pair.right


def _kind(pair):
    return capfirst(PairKind(pair.verdict.kind).label)


def _cause(pair, number):
    """Name what tells the two apart, with the words of the stored one."""
    reason = pair.verdict.reason
    if reason is None:
        return ""
    theirs = reason.left if pair.right == number else reason.right
    cause = PairCause(reason.cause)
    return f"{cause.label} : « {theirs} »" if theirs and cause is not PairCause.QUESTION else cause.label
