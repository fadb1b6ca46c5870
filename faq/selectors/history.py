"""The published FAQ at an instant of the past: the version of each entry that was live then."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from faq.domain.facets import Facet
from faq.domain.past import Part, PastAnswer
from faq.models.entries import Entry, number_of, reference
from faq.models.versions import Publication

CHUNK = 100
"""Publications in memory at a time, which bounds the memory whatever the number of answers."""


def answers_at(instant: datetime, part: Part) -> Iterator[PastAnswer]:
    """Yield the answers of a part of the FAQ as they were, by number: one query, read in chunks."""
    for publication in publications_at(instant, part).select_related("version").iterator(CHUNK):
        if part.holds(publication.version.filing):
            yield _build_past_answer(publication)


def numbers_at(instant: datetime, part: Part) -> Iterator[int]:
    """Yield the numbers of the entries that `answers_at` yields, without reading the texts."""
    publications = publications_at(instant, part)
    if not part.terms:
        yield from publications.values_list("entry", flat=True).iterator()
        return
    for number, filing in publications.values_list("entry", "version__filing").iterator():
        if part.holds(filing):
            yield number


def publications_at(instant: datetime, part: Part) -> QuerySet[Publication]:
    """Return the publications of an instant by number, restricted to the entry of the part but not to its terms."""
    # Not by "entry", which would join the table of entries.
    publications: QuerySet[Publication] = Publication.objects.at(instant).order_by("entry_id")
    return publications if part.entry is None else publications.filter(entry=number_of(part.entry))


def known_reference(text: str) -> str:
    """Return the reference of the entry that a text names (« q214 »). Raises Entry.DoesNotExist, in French."""
    number = number_of(text)
    if number is None or not Entry.objects.filter(pk=number).exists():
        raise Entry.DoesNotExist(f"Aucune fiche « {text} » : écrivez sa référence, par exemple Q-12.")
    return reference(number)


def _build_past_answer(publication: Publication) -> PastAnswer:
    version = publication.version
    # The address contains the title of that time.
    page = Entry(pk=publication.entry_id, question=version.question)
    return PastAnswer(
        reference=reference(publication.entry_id),
        version=version.number,
        question=version.question,
        answer=version.answer,
        filing={facet.value: version.filing.get(facet, []) for facet in Facet},
        live_from=timezone.localtime(publication.live_from),
        address=page.get_absolute_url(),
    )
