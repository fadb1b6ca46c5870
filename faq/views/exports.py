"""The JSON export of the live FAQ, streamed so that memory does not grow with its size."""

import json
from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from faq.domain.chunks import split_in_chunks
from faq.domain.markup import find_media_references, get_file_address, with_file_addresses
from faq.models import Entry
from faq.selectors.published import Snapshot
from faq.views.answers import Answer
from faq.views.selections import conditional_by_epoch, origin, with_cascade_state
from faq.views.states import CascadeQuery, state_address

FORMAT = "faqcms-1"
"""Raise its number when a field is removed or changes its meaning; fields may be added under the same name."""
_CHUNK = 500
"""Entries read by one query; no query stays open while a slow client reads."""


@require_safe
@with_cascade_state
def export(request, snapshot, query):
    """Stream the answers of a state in the order of their numbers. The page « Réutiliser » describes the fields."""
    return conditional_by_epoch(request, snapshot.epoch, lambda: _stream_export(request, snapshot, query))


def _stream_export(request, snapshot: Snapshot, query: CascadeQuery) -> StreamingHttpResponse:
    head = {
        "format": FORMAT,
        "address": origin(request) + state_address(query.state),
        "filters": {facet.parameter: term.slug for facet, term in query.state.items()},
        "notices": list(query.notices),
    }
    numbers = snapshot.index.select(query.state)
    lines = _serialize_document(head, numbers, snapshot.taxonomy, origin(request))
    response = StreamingHttpResponse(lines, content_type="application/json; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _serialize_document(head, numbers, taxonomy, site) -> Iterator[str]:
    yield f'{_json(head)[:-1]}, "entries": ['
    separator = "\n"
    for entry in _read_entries(numbers):
        yield separator + _json(_serialize_entry(entry, Answer(entry, taxonomy), site))
        separator = ",\n"
    yield "\n]}\n"


def _read_entries(numbers) -> Iterator[Entry]:
    """Yield entries, read in chunks; those that were withdrawn meanwhile are left out."""
    for chunk in split_in_chunks(numbers, _CHUNK):
        yield from Entry.objects.with_live().live().filter(pk__in=chunk).order_by("pk")


def _serialize_entry(entry: Entry, answer: Answer, site: str) -> dict[str, object]:
    return {
        "id": entry.pk,
        "reference": entry.reference,
        "address": site + entry.get_absolute_url(),
        "permanent_address": site + reverse("faq:entry_by_number", args=(entry.pk,)),
        "question": entry.question,
        "answer": with_file_addresses(entry.answer, site),
        "files": [
            {"kind": file.kind.value, "address": get_file_address(file.name, site), "text": file.text}
            for file in find_media_references(entry.answer)
        ],
        "version": entry.live.number,
        "updated_at": entry.updated_at.isoformat(timespec="seconds"),
        "filing": {
            facet.value: [{"slug": term.slug, "label": term.label} for term in terms]
            for facet, terms in answer.terms.items()
        },
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
