"""The page of one answer at its permanent address, and the redirects from its other addresses."""

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
from faq.views.addresses import get_live_entry, handle_absent_entry, redirect_permanently
from faq.views.answers import Answer, TermLink
from faq.views.caching import cached_by_epoch, request_snapshot
from faq.views.selections import origin
from faq.views.states import state_address

DESCRIPTION_LENGTH = 160
"""Characters; search engines show no more."""
MAX_SEE_ALSO, MAX_NEAREST = 5, 3
"""Entries under « Voir aussi », and how many of them the search may add to those that editors chose."""


@require_safe
@cached_by_epoch
@cache_control(public=True, no_cache=True)
@handle_absent_entry
def entry(request, number, slug=""):
    """Show one answer; redirect from an outdated title or the number of a merged entry to the right address."""
    shown = get_live_entry(number)
    if (shown.pk, shown.slug) != (number, slug):
        return redirect_permanently(shown.get_absolute_url())
    snapshot = request_snapshot(request)
    answer = Answer(shown, snapshot.taxonomy)
    path = _build_path(answer.place)
    context = {
        "answer": answer,
        "answers": [answer],
        "path": path,
        "around": path[-1] if path else TermLink("", state_address({})),
        "around_count": snapshot.index.count(answer.place),
        "checked_at": _get_later_check(shown),
        "see_also": _find_see_also(answer, snapshot),
        "description": Truncator(plain_text(shown.answer)).chars(DESCRIPTION_LENGTH),
        "site": origin(request),
        "canonical": request.build_absolute_uri(shown.get_absolute_url()),
    }
    return render(request, "faq/entry.html", context)


@require_safe
@cache_control(public=True, no_cache=True)
@handle_absent_entry
def entry_by_reference(request, reference):
    """Redirect from a reference as people say it, « Q-214 », to the entry's permanent address."""
    return redirect_permanently(get_live_entry(number_of(reference)).get_absolute_url())


def _get_later_check(entry: Entry):
    """Return when the answer was checked, if that was on a later day than its last change."""
    check = entry.verification
    later = check and localdate(check.checked_at) > localdate(entry.updated_at)
    return check.checked_at if later else None


def _find_see_also(answer: Answer, snapshot: Snapshot) -> list[Entry]:
    """Return the live entries that editors linked to this one or keep as its variants, then the nearest entries.

    Possible duplicates are not among the nearest, whatever an editor decided on them. Three queries at most.
    """
    number = answer.entry.pk
    named = Entry.objects.related_to(number).order_by().values_list("pk", flat=True)
    chosen = sorted(named.union(Pair.objects.variants_of(number)))
    near: list[int] = []
    if len(chosen) < MAX_SEE_ALSO:
        among = _select_related_branch(answer, snapshot) - BitMap(chosen)
        near = find_similar_entries(number, snapshot, among, limit=2 * MAX_SEE_ALSO)
    if not chosen and not near:
        return []
    pairs = Pair.objects.of_entry(number).order_by()
    alike = Q(pk__in=pairs.values("left")) | Q(pk__in=pairs.values("right"))
    beside = Entry.objects.live().filter(pk__in=[*chosen, *near]).filter(Q(pk__in=chosen) | ~alike)
    found = beside.only("question").in_bulk()
    linked = [found[other] for other in chosen if other in found]
    return linked + _pick_different([found[other] for other in near if other in found], [answer.entry, *linked])


def _pick_different(near: Sequence[Entry], shown: Sequence[Entry]) -> list[Entry]:
    """Return the first of the nearest entries that fit and whose question is not shown already."""
    asked = {normalise(entry.question) for entry in shown}
    different = {normalise(other.question): other for other in reversed(near)}
    nearest = [other for other in near if different[normalise(other.question)] is other]
    room = min(MAX_NEAREST, max(0, MAX_SEE_ALSO + 1 - len(shown)))
    return [other for other in nearest if normalise(other.question) not in asked][:room]


def _select_related_branch(answer: Answer, snapshot: Snapshot) -> BitMap:
    """Return the live entries that share an offer type and a couloir with an answer."""
    among = snapshot.index.live
    for facet in (Facet.OFFER_TYPES, Facet.COULOIRS):
        if terms := answer.terms.get(facet):
            among = among & BitMap().union(*(snapshot.index.select({facet: term}) for term in terms))
    return among


def _build_path(place: State) -> list[TermLink]:
    """Return the links of the breadcrumb down to a place in the cascade."""
    steps, above = [], {}
    for facet, term in place.items():
        above = above | {facet: term}
        steps.append(TermLink(term.label, state_address(above)))
    return steps
