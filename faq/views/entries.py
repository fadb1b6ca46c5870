"""One answer at its permanent address, and the short addresses that lead to it."""

from django.db.models import Q
from django.shortcuts import render
from django.utils.text import Truncator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from faq.domain.facets import State
from faq.domain.markup import plain
from faq.models import Entry, Pair
from faq.models.entries import number_of
from faq.models.live import live_snapshot
from faq.views.addresses import live_entry, moved_permanently, tells_absences
from faq.views.answers import Answer, TermLink
from faq.views.caching import cached_by_epoch
from faq.views.selections import origin
from faq.views.states import state_address

DESCRIPTION_LENGTH = 160
"""Characters; search engines show no more."""


@require_safe
@cached_by_epoch
@cache_control(public=True, no_cache=True)
@tells_absences
def entry(request, number, slug=""):
    """Show one answer; from a wrong title, or the number of a merged entry, lead to the right address."""
    shown = live_entry(number)
    if (shown.pk, shown.slug) != (number, slug):
        return moved_permanently(shown.get_absolute_url())
    snapshot = live_snapshot(request.epoch)
    answer = Answer(shown, snapshot.taxonomy)
    path = _path(answer.place)
    context = {
        "answer": answer,
        "answers": [answer],
        "path": path,
        "around": path[-1] if path else TermLink("", state_address({})),
        "around_count": snapshot.index.count(answer.place),
        "see_also": _see_also(shown.pk),
        "description": Truncator(plain(shown.answer)).chars(DESCRIPTION_LENGTH),
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


def _see_also(number: int):
    """Give the live entries that editors have named beside this one, and those that they keep as its variants."""
    named = Entry.objects.related_to(number).values("pk")
    beside = Q(pk__in=named) | Q(pk__in=Pair.objects.variants_of(number))
    return Entry.objects.live().filter(beside).only("question").order_by("pk")


def _path(place: State) -> list[TermLink]:
    """Give the steps from the whole FAQ down to a place in it."""
    steps, above = [], {}
    for facet, term in place.items():
        above = above | {facet: term}
        steps.append(TermLink(term.label, state_address(above)))
    return steps
