"""The live FAQ for programs: one JSON document, written while it is read, whatever its size."""

import json
from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from faq.models import Entry
from faq.selectors.published import Snapshot
from faq.views.answers import Answer
from faq.views.selections import as_of, of_a_state, origin
from faq.views.states import Reading, state_address

FORMAT = "faqcms-1"
"""Named otherwise once a field goes or means something else; fields may be added."""
_AT_A_TIME = 500
"""Entries. One query for as many; none stays open while a slow reader reads."""


@require_safe
@of_a_state
def export(request, snapshot, reading):
    """Write the answers of a state, in the order of their numbers. The page « Réutiliser » describes the fields."""
    return as_of(request, snapshot.epoch, lambda: _written(request, snapshot, reading))


def _written(request, snapshot: Snapshot, reading: Reading) -> StreamingHttpResponse:
    head = {
        "format": FORMAT,
        "address": origin(request) + state_address(reading.state),
        "filters": {facet.parameter: term.slug for facet, term in reading.state.items()},
        "notices": list(reading.notices),
    }
    numbers = snapshot.index.select(reading.state)
    lines = _document(head, numbers, snapshot.taxonomy, origin(request))
    response = StreamingHttpResponse(lines, content_type="application/json; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _document(head, numbers, taxonomy, site) -> Iterator[str]:
    yield f'{_json(head)[:-1]}, "entries": ['
    before = "\n"
    for entry in _entries(numbers):
        yield before + _json(_said(entry, Answer(entry, taxonomy), site))
        before = ",\n"
    yield "\n]}\n"


def _entries(numbers) -> Iterator[Entry]:
    """Read entries a few at a time; one that went offline meanwhile is left out."""
    wanted = list(numbers)
    for start in range(0, len(wanted), _AT_A_TIME):
        yield from Entry.objects.with_live().live().filter(pk__in=wanted[start : start + _AT_A_TIME]).order_by("pk")


def _said(entry: Entry, answer: Answer, site: str) -> dict[str, object]:
    return {
        "id": entry.pk,
        "reference": entry.reference,
        "address": site + entry.get_absolute_url(),
        "permanent_address": site + reverse("faq:entry_by_number", args=(entry.pk,)),
        "question": entry.question,
        "answer": entry.answer,
        "version": entry.live.number,
        "updated_at": entry.updated_at.isoformat(timespec="seconds"),
        "filing": {
            facet.value: [{"slug": term.slug, "label": term.label} for term in terms]
            for facet, terms in answer.terms.items()
        },
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
