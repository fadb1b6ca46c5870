"""Links between entries in the admin: the picker of the tool bar, « Cité par », and references that lead nowhere."""

from django.contrib import messages
from django.http import JsonResponse

from faq.admin.display import pluralize_count
from faq.admin.pages import AdminView
from faq.domain.text import fold
from faq.enums import EntryStatus
from faq.models import Entry
from faq.selectors.entry_links import citing_entries, find_dead_references
from faq.selectors.entry_search import search_entries

_SHOWN = 10
_RANKED = 200
"""Entries among which those whose question holds the words come first."""


class EntryPickerView(AdminView):
    """The entries that the picker of the tool bar offers."""

    def get(self, request):
        """Return the entries that match words or a reference, as JSON; archived ones are left out."""
        text = request.GET.get("q", "")
        if not fold(text):
            return JsonResponse({"entries": [], "said": ""})
        matching = search_entries(Entry.objects.in_use(), text).select_related("head")
        light = matching.only("status", "head__question").order_by("pk")
        found = list(light[: _RANKED + 1])
        words = fold(text).split()
        found.sort(key=lambda entry: _rank(entry, words))
        more = "plus de " if len(found) > _RANKED else ""
        said = more + pluralize_count(min(len(found), _RANKED), "fiche", "fiches") if found else "Aucune fiche."
        return JsonResponse({"entries": [_describe(entry) for entry in found[:_SHOWN]], "said": said})


HANDLERS = {}
"""The block has no button; see `BlockHandler` in `faq.admin.entries.page`."""


def get_context(request, entry):
    """Return the entries that cite this one; those that are live would show a reference without link without it."""
    citing = citing_entries(entry)
    return {"citing": citing, "live_citing": sum(other.live_id is not None for other in citing)}


def warn_of_dead_references(request, version):
    """Add a message that names the references of a saved text that are no links for the public."""
    dead = find_dead_references(version.answer)
    if dead:
        reasons = "\u00a0; ".join(one.reason for one in dead[:_SHOWN])
        messages.warning(request, f"Sans lien pour le public\u00a0: {reasons}.")


def _rank(entry, words):
    question = fold(entry.head.question)
    missing = sum(word not in question for word in words)
    return entry.reference.casefold() not in words, missing, entry.status != EntryStatus.PUBLISHED, entry.pk


def _describe(entry):
    is_live = entry.status == EntryStatus.PUBLISHED
    state = "en ligne" if is_live else f"{EntryStatus(entry.status).label.lower()}, sans lien pour le public"
    question = entry.head.question or "(sans question)"
    return {"reference": entry.reference, "question": question, "state": state}
