"""The Atom feed of any state of the cascade."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from faq.domain.markup import place
from faq.models import Entry
from faq.selectors.entry_links import find_link_targets
from faq.views.answers import Answer
from faq.views.caching import cached_by_epoch
from faq.views.selections import origin, with_cascade_state
from faq.views.states import state_address

ANSWERS_IN_A_FEED = 50
_MAX_IN_QUERY = 500
"""Entries up to which the database sorts a selection; for more, reading the latest of all entries is faster."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class _Feed(Atom1Feed):
    """Django's feed, with a constant date where there is no entry: an unchanged feed keeps its ETag."""

    def latest_post_date(self):
        return max((item["updateddate"] for item in self.items), default=_NEVER)


@require_safe
@cached_by_epoch
@cache_control(public=True, no_cache=True)
@with_cascade_state
def feed(request, snapshot, query):
    """List the answers of a state, the most recently changed first."""
    site, state = origin(request), query.state
    named = ", ".join(term.label for term in state.values())
    atom = _Feed(
        title=_without_control_characters(f"FAQ de l’Agence du Numérique en Santé{f' : {named}' if named else ''}"),
        link=site + state_address(state),
        description=None,
        feed_url=site + request.get_full_path(),
        language="fr",
        author_name="Agence du Numérique en Santé",
    )
    answers = [Answer(entry, snapshot.taxonomy) for entry in _get_latest(snapshot.index.select(state))]
    targets = find_link_targets(answer.compiled for answer in answers)
    for answer in answers:
        # The title of an item stands above its sub-headings, whatever level the reader gives it.
        _add_item(atom, answer, place(answer.compiled, level=2, site=site, targets=targets), site)
    response = HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _add_item(feed: _Feed, answer: Answer, html: str, site: str) -> None:
    entry = answer.entry
    feed.add_item(
        title=_without_control_characters(entry.question),
        link=site + entry.get_absolute_url(),
        description=_without_control_characters(html),
        # The title in the address may change, the number never does.
        unique_id=site + reverse("faq:entry_by_number", args=(entry.pk,)),
        updateddate=entry.updated_at,
        categories=[_without_control_characters(label) for label in answer.labels],
    )


def _get_latest(selection) -> list[Entry]:
    entries = Entry.objects.with_live().live().order_by("-updated_at", "-pk")
    numbers = selection if len(selection) <= _MAX_IN_QUERY else islice(_iterate_latest(selection), ANSWERS_IN_A_FEED)
    return list(entries.filter(pk__in=list(numbers))[:ANSWERS_IN_A_FEED])


def _iterate_latest(selection) -> Iterator[int]:
    numbers = Entry.objects.live().order_by("-updated_at", "-pk").values_list("pk", flat=True)
    return (number for number in numbers.iterator(chunk_size=_MAX_IN_QUERY) if number in selection)


def _without_control_characters(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
