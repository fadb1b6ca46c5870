"""The cascade: which of the five questions are asked, their options, and the number of entries behind each option.

Sets of entries are compressed bitmaps of their numbers. Counting the intersection of two takes about a microsecond
among 100,000 entries, so that all counts of a page are exact and need no query. The bitmaps of an index are immutable:
threads share them, and a change builds another index that shares the unchanged ones.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pyroaring import BitMap

from faq.domain.facets import Facet, Filing, State, Taxonomy, Term


class Option(NamedTuple):
    """An option of a question, which leads to exactly `count` entries."""

    term: Term
    count: int  # type: ignore[assignment] # A tuple's own `count` is of no use here, and tuples are made fastest.
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the cascade, with the options that lead to at least one entry."""

    facet: Facet
    options: tuple[Option, ...]
    everything: int
    """The number of entries when this question is left open."""
    chosen: Term | None


@dataclass(frozen=True)
class CascadeIndex:
    """The live entries, indexed by the terms under which they are filed."""

    taxonomy: Taxonomy
    live: BitMap
    """The numbers of all live entries."""
    _under: Mapping[Facet, Mapping[int, BitMap]] = field(repr=False)
    """The entries filed under each term, by facet and id; terms without entries are left out."""
    _transverse: Mapping[Facet, BitMap] = field(repr=False)
    """The entries without a term of the facet, which concern all its terms."""

    @classmethod
    def build(
        cls, taxonomy: Taxonomy, live: Iterable[int], filed: Mapping[Facet, Mapping[int, Iterable[int]]]
    ) -> "CascadeIndex":
        """Build the index of the live numbers; `filed` holds, by facet and term id, those filed there, live or not."""
        numbers = BitMap(live)
        under = {
            facet: {
                id: bits for id, filed_there in filed.get(facet, {}).items() if (bits := BitMap(filed_there) & numbers)
            }
            for facet in Facet
        }
        transverse = {facet: numbers - BitMap().union(*terms.values()) for facet, terms in under.items()}
        return cls(taxonomy, numbers, under, transverse)

    def patched(self, taxonomy: Taxonomy, changed: Mapping[int, Filing | None]) -> "CascadeIndex":
        """Return the index with the new filing of some entries; None stands for an entry that is not live any more."""
        touched = BitMap(changed)
        filings = {number: filing for number, filing in changed.items() if filing is not None}
        under = {facet: _refiled(self._under[facet], touched, _by_term(filings, facet)) for facet in Facet}
        transverse = {facet: _replaced(self._transverse[facet], touched, _unfiled(filings, facet)) for facet in Facet}
        return type(self)(taxonomy, _replaced(self.live, touched, BitMap(filings)), under, transverse)

    def __len__(self) -> int:
        return len(self.live)

    def filed(self, facet: Facet) -> frozenset[int]:
        """Return the ids of the terms that entries are filed under."""
        return frozenset(self._under[facet])

    def filed_under(self, term: Term) -> BitMap:
        """Return the numbers of the entries filed under a term itself, without transverse entries."""
        return self._under[term.facet].get(term.id, BitMap())

    def select(self, state: State, within: BitMap | None = None) -> BitMap:
        """Return the numbers of the entries that concern every chosen term, restricted to `within`."""
        selection = self.live if within is None else self.live & within
        for facet, term in state.items():
            selection = selection & self._matching(facet, term.id)
        return selection

    def count(self, state: State, within: BitMap | None = None) -> int:
        """Return the number of entries of a state, restricted to `within`."""
        return len(self.select(state, within))

    def questions(self, state: State, within: BitMap | None = None) -> list[Question]:
        """Return the questions to ask in a state whose choices fit each other, restricted to `within`.

        A question is asked when it has a choice, or when at least one of its options changes the result. Options
        without entries are left out, unless chosen.
        """
        total = self.count(state, within)
        questions = (self._question(facet, state, within) for facet in Facet)
        return [
            question
            for question in questions
            if question.chosen or any(option.count != total for option in question.options)
        ]

    def _matching(self, facet: Facet, id: int) -> BitMap:
        under = self._under[facet].get(id)
        return self._transverse[facet] | under if under else self._transverse[facet]

    def _question(self, facet: Facet, state: State, within: BitMap | None) -> Question:
        others = {other: term for other, term in state.items() if other is not facet}
        selection = self.select(others, within)
        chosen = state.get(facet)
        chosen_id = chosen.id if chosen else None
        options = [
            Option(term, count, term.id == chosen_id)
            for term, count in self._counts(facet, others, selection, within)
            if count or term.id == chosen_id
        ]
        return Question(facet, tuple(options), len(selection), chosen)

    def _counts(
        self, facet: Facet, others: State, selection: BitMap, within: BitMap | None
    ) -> Iterator[tuple[Term, int]]:
        under = self._under[facet]
        counted = len if selection is self.live else selection.intersection_cardinality
        # An entry is filed under a term, or transverse, never both.
        everywhere = counted(self._transverse[facet])
        kept = self.taxonomy.kept_by(facet, others)
        for term in self.taxonomy.offered(facet, others):
            if kept is not None and term.id not in kept:
                # Choosing this term drops later choices: the count is that of the page without them.
                yield term, self.count(self.taxonomy.drop_misfits({**others, facet: term})[0], within)
            else:
                bits = under.get(term.id)
                yield term, everywhere + counted(bits) if bits else everywhere


def _by_term(filings: Mapping[int, Filing], facet: Facet) -> dict[int, BitMap]:
    filed: dict[int, BitMap] = {}
    for number, filing in filings.items():
        for id in filing.get(facet, ()):
            filed.setdefault(id, BitMap()).add(number)
    return filed


def _unfiled(filings: Mapping[int, Filing], facet: Facet) -> BitMap:
    return BitMap(number for number, filing in filings.items() if not filing.get(facet))


def _refiled(under: Mapping[int, BitMap], touched: BitMap, filed: Mapping[int, BitMap]) -> dict[int, BitMap]:
    """Return the bitmaps of a facet with the entries in `touched` filed as in `filed`, without empty ones."""
    sets = {id: _replaced(under.get(id, BitMap()), touched, filed.get(id, BitMap())) for id in {*under, *filed}}
    return {id: bits for id, bits in sets.items() if bits}


def _replaced(bits: BitMap, out: BitMap, into: BitMap) -> BitMap:
    """Return a bitmap without the numbers `out` and with `into`; the same object where nothing changes."""
    return (bits - out) | into if into or bits.intersect(out) else bits
