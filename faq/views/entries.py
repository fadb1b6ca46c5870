"""One answer at its permanent address, and the short addresses that lead to it."""

from collections.abc import Sequence

from django.db.models import Q
from django.shortcuts import render
from django.utils.text import Truncator
from django.utils.timezone import localdate
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from pyroaring import BitMap

from faq.domain.facets import Facet, State
from faq.domain.markup import plain_text
from faq.domain.text import normalise
from faq.models import Entry, Pair
from faq.models.entries import number_of
from faq.selectors.published import Snapshot
from faq.selectors.search.similar import find_similar_entries
from faq.views.addresses import live_entry, moved_permanently, tells_absences
from faq.views.answers import Answer, TermLink
from faq.views.caching import cached_by_epoch, request_snapshot
from faq.views.selections import origin
from faq.views.states import state_address

DESCRIPTION_LENGTH = 160
"""Characters; search engines show no more."""
MOST_BESIDE, MOST_NEAREST = 5, 3
"""Of « Voir aussi »: where editors named as many, the nearest are not looked for, and those stay few."""


@require_safe
@cached_by_epoch
@cache_control(public=True, no_cache=True)
@tells_absences
def entry(request, number, slug=""):
    """Show one answer; from a wrong title, or the number of a merged entry, lead to the right address."""
    shown = live_entry(number)
    if (shown.pk, shown.slug) != (number, slug):
        return moved_permanently(shown.get_absolute_url())
    snapshot = request_snapshot(request)
    answer = Answer(shown, snapshot.taxonomy)
    path = _path(answer.place)
    context = {
        "answer": answer,
        "answers": [answer],
        "path": path,
        "around": path[-1] if path else TermLink("", state_address({})),
        "around_count": snapshot.index.count(answer.place),
        "checked_at": _checked_since(shown),
        "see_also": _see_also(answer, snapshot),
        "description": Truncator(plain_text(shown.answer)).chars(DESCRIPTION_LENGTH),
        "site": origin(request),
        "canonical": request.build_absolute_uri(shown.get_absolute_url()),
    }
    return render(request, "faq/entry.html", context)


@require_safe
@cache_control(public=True, no_cache=True)
@tells_absences
def entry_by_reference(request, reference):
    """Lead from a reference as it is dictated, « Q-214 », to the entry's permanent address."""
    return moved_permanently(live_entry(number_of(reference)).get_absolute_url())


def _checked_since(entry: Entry):
    """Return when the answer was checked, where that was on a later day than it was written."""
    check = entry.verification
    later = check and localdate(check.checked_at) > localdate(entry.updated_at)
    return check.checked_at if later else None


def _see_also(answer: Answer, snapshot: Snapshot) -> list[Entry]:
    """Return the live entries that editors have named beside this one or keep as its variants, then the nearest.

    What may say the same is not among the nearest: duplicates, whether an editor has decided on them or not.
    Three queries at most.
    """
    number = answer.entry.pk
    named = Entry.objects.related_to(number).order_by().values_list("pk", flat=True)
    chosen = sorted(named.union(Pair.objects.variants_of(number)))
    near = []
    if len(chosen) < MOST_BESIDE:
        among = _branch(answer, snapshot) - BitMap(chosen)
        near = find_similar_entries(number, snapshot, among, limit=2 * MOST_BESIDE)
    if not chosen and not near:
        return []
    pairs = Pair.objects.of_entry(number).order_by()
    alike = Q(pk__in=pairs.values("left")) | Q(pk__in=pairs.values("right"))
    beside = Entry.objects.live().filter(pk__in=[*chosen, *near]).filter(Q(pk__in=chosen) | ~alike)
    found = beside.only("question").in_bulk()
    kept = [found[other] for other in chosen if other in found]
    return kept + _different([found[other] for other in near if other in found], [answer.entry, *kept])


def _different(near: Sequence[Entry], shown: Sequence[Entry]) -> list[Entry]:
    """Return the first of the nearest for which there is room, and whose question is not shown already."""
    asked = {normalise(entry.question) for entry in shown}
    different = {normalise(other.question): other for other in reversed(near)}
    nearest = [other for other in near if different[normalise(other.question)] is other]
    room = min(MOST_NEAREST, max(0, MOST_BESIDE + 1 - len(shown)))
    return [other for other in nearest if normalise(other.question) not in asked][:room]


def _branch(answer: Answer, snapshot: Snapshot) -> BitMap:
    """Return the live entries that concern one of the offers and couloirs of an answer."""
    among = snapshot.index.live
    for facet in (Facet.OFFER_TYPES, Facet.COULOIRS):
        if terms := answer.terms.get(facet):
            among = among & BitMap().union(*(snapshot.index.select({facet: term}) for term in terms))
    return among


def _path(place: State) -> list[TermLink]:
    """Return the steps from the whole FAQ down to a place in it."""
    steps, above = [], {}
    for facet, term in place.items():
        above = above | {facet: term}
        steps.append(TermLink(term.label, state_address(above)))
    return steps
