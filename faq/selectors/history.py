"""What the public read at an instant of the past: of each entry the version that was live then."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from faq.domain.facets import Facet
from faq.domain.past import Part, PastAnswer
from faq.models.entries import Entry, number_of, reference
from faq.models.versions import Publication

CHUNK = 100
"""Publications in memory at a time: what bounds it, however long the answers."""


def answers_at(instant: datetime, part: Part) -> Iterator[PastAnswer]:
    """Return the answers of a part of the FAQ as they were, by number: one query, in little memory."""
    for publication in publications_at(instant, part).select_related("version").iterator(CHUNK):
        if part.holds(publication.version.filing):
            yield _answer(publication)


def numbers_at(instant: datetime, part: Part) -> Iterator[int]:
    """Return the numbers of the entries that `answers_at` gives, without the texts."""
    shown = publications_at(instant, part)
    if not part.terms:
        yield from shown.values_list("entry", flat=True).iterator()
        return
    for number, filing in shown.values_list("entry", "version__filing").iterator():
        if part.holds(filing):
            yield number


def publications_at(instant: datetime, part: Part):
    """Return the publications among which those of the part are, by number; its terms are not looked at."""
    # Not by "entry", which would bring the entries along to sort by.
    publications = Publication.objects.at(instant).order_by("entry_id")
    return publications if part.entry is None else publications.filter(entry=number_of(part.entry))


def known_reference(text: str) -> str:
    """Return the reference of the entry that a text names (« q214 »). Raises Entry.DoesNotExist, in French."""
    number = number_of(text)
    if number is None or not Entry.objects.filter(pk=number).exists():
        raise Entry.DoesNotExist(f"Aucune fiche « {text} » : écrivez sa référence, par exemple Q-12.")
    return reference(number)


def _answer(publication: Publication) -> PastAnswer:
    version = publication.version
    # The title that the address bore is the one of then.
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
