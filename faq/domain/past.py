"""A past state of the FAQ: the requested part of it, its answers, and its JSON file.

The file is one JSON object (RFC 8259, UTF-8) of four keys, in this order:

- `instant`: the instant shown, ISO 8601 with its offset;
- `filter`: `entry`, the reference that was asked for or null, then for each facet (`offer_types`,
  `couloirs`, `dispositifs`, `products`, `themes`) null or the term that was asked for, as it is called now;
- `entries`: one object per entry, by number, each on a line of its own: `reference` (« Q-214 »), `version`
  (its number), `question`, `answer` (as typed), `filing` (per facet, the terms as the version calls them),
  `live_from` (since when that version was live, ISO 8601 with its offset) and `address` (the path of its
  page, as its title made it then);
- `count`: how many entries there are.

A term is an object of `id` (which never changes), `slug` and `label`.
"""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

from faq.domain.facets import Facet, State, Taxonomy, Term

Snapshot = Mapping[str, Sequence[Mapping[str, int | str]]]
"""A filing as versions hold it: per facet, its terms as objects of id, slug and label."""

_NEAREST = 3
"""Slugs that are suggested in place of an unknown one."""


class ImpossibleFilter(ValueError):
    """A choice of terms that cannot be shown, at `facet`; the message says in French why, and what to do."""

    def __init__(self, facet: Facet, message: str) -> None:
        self.facet = facet
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the FAQ: all of it, the entries that concern some terms, or one entry (by its reference)."""

    terms: State = field(default_factory=dict)
    entry: str | None = None

    def holds(self, filing: Snapshot) -> bool:
        """Return whether an entry with this filing belongs to the part; without a term at a facet it concerns all."""
        return all(_concerns(filing.get(facet, ()), term) for facet, term in self.terms.items())


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """An entry as the public read it, with the fields of the file."""

    reference: str
    version: int
    question: str
    answer: str
    filing: Snapshot
    live_from: datetime
    address: str


def choose(slugs: Mapping[Facet, str], taxonomy: Taxonomy) -> dict[Facet, Term]:
    """Return the terms of these slugs, present or former; retired terms too, which the public was offered once.

    Raises ImpossibleFilter for an unknown slug, and where two terms exclude each other.
    """
    chosen = {facet: _term(facet, slug, taxonomy) for facet, slug in slugs.items()}
    kept, dropped = taxonomy.drop_misfits(chosen)
    for term in dropped:
        others = " et ".join(
            f"« {other.label} »" for other in kept.values() if not taxonomy.fits(term, {other.facet: other})
        )
        message = f"« {term.label} » ({term.facet.label}) ne relève pas de {others} : retirez l’un des deux filtres."
        raise ImpossibleFilter(term.facet, message)
    return chosen


def json_file(instant: datetime, part: Part, answers: Iterable[PastAnswer]) -> Iterator[bytes]:
    """Yield the file that the module describes, with one answer in memory at a time."""
    terms = {facet.value: _as_now(part.terms.get(facet)) for facet in Facet}
    yield f'{{\n"instant": {_json(instant.isoformat())},\n'.encode()
    yield f'"filter": {_json({"entry": part.entry, **terms})},\n"entries": ['.encode()
    count = 0
    for count, answer in enumerate(answers, start=1):
        yield f"{',' if count > 1 else ''}\n{json_of(answer)}".encode()
    yield f'\n],\n"count": {count}\n}}\n'.encode()


def json_of(answer: PastAnswer) -> str:
    """Return one answer as a JSON object of the file."""
    said = {column.name: getattr(answer, column.name) for column in fields(answer)}
    return _json({**said, "live_from": answer.live_from.isoformat()})


def _concerns(filed: Sequence[Mapping[str, int | str]], wanted: Term) -> bool:
    # What was merged since was filed under a term of its own.
    return not filed or any(term["id"] == wanted.id or term["id"] in wanted.answers_for for term in filed)


def _term(facet: Facet, slug: str, taxonomy: Taxonomy) -> Term:
    term = taxonomy.by_slug.get((facet, slug)) or taxonomy.by_old_slug.get((facet, slug))
    if term is None:
        raise ImpossibleFilter(facet, f"« {slug} » est inconnu ({facet.label}). {_possible(facet, slug, taxonomy)}")
    return term


def _possible(facet: Facet, slug: str, taxonomy: Taxonomy) -> str:
    slugs = [term.slug for term in taxonomy.by_facet[facet]]
    if near := difflib.get_close_matches(slug, slugs, n=_NEAREST, cutoff=0.5):
        return f"Au plus près : {', '.join(near)}."
    return f"Possibles : {', '.join(slugs)}." if slugs else "Il n’en existe encore aucun."


def _as_now(term: Term | None) -> dict[str, int | str] | None:
    return {"id": term.id, "slug": term.slug, "label": term.label} if term else None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
