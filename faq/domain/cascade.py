"""The cascade: which of the five questions to ask, which answers they offer, how many entries each leads to.

Sets of entries are compressed bit sets of their numbers. To count what two of them share takes about a
microsecond among 100,000 entries, so all counts of a page are exact and cost no query. None is ever changed
once it is part of an index: threads read it, and a change makes another index that shares the rest.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pyroaring import BitMap

from faq.domain.facets import Facet, Filing, State, Taxonomy, Term


class Option(NamedTuple):
    """One answer offered to a question: choosing it leads to exactly `count` entries."""

    term: Term
    count: int  # type: ignore[assignment] # A tuple's own `count` is of no use here, and tuples are made fastest.
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question worth asking, with the answers that lead somewhere."""

    facet: Facet
    options: tuple[Option, ...]
    everything: int
    """How many entries there are when this question is left open."""
    chosen: Term | None


@dataclass(frozen=True)
class CascadeIndex:
    """The filing of the entries that are live."""

    taxonomy: Taxonomy
    live: BitMap
    """The numbers of all entries."""
    _under: Mapping[Facet, Mapping[int, BitMap]] = field(repr=False)
    """Those filed under a term, by facet and id; terms without any are left out."""
    _transverse: Mapping[Facet, BitMap] = field(repr=False)
    """Those without a term at a facet."""

    @classmethod
    def build(
        cls, taxonomy: Taxonomy, live: Iterable[int], filed: Mapping[Facet, Mapping[int, Iterable[int]]]
    ) -> "CascadeIndex":
        """Index entries by their numbers; `filed` gives, per facet and term id, those filed there, live or not."""
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
        """Return the index after changes to some entries: their filing now; None for what is not live any more."""
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
        """Return the numbers of the entries filed under a term itself: transverse ones are not."""
        return self._under[term.facet].get(term.id, BitMap())

    def select(self, state: State, within: BitMap | None = None) -> BitMap:
        """Return the numbers of the entries that concern every chosen term, among those given."""
        selection = self.live if within is None else self.live & within
        for facet, term in state.items():
            selection = selection & self._matching(facet, term.id)
        return selection

    def count(self, state: State, within: BitMap | None = None) -> int:
        """Count the entries of a state, among those given."""
        return len(self.select(state, within))

    def questions(self, state: State, within: BitMap | None = None) -> list[Question]:
        """Return the questions worth asking in a state whose choices fit each other, among the entries given.

        A question is asked where a choice was made, or where at least one of its options leads to
        other entries than now. Options that lead nowhere are left out, unless chosen.
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
                # Choosing this would drop later choices: the page that it leads to is without them.
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
    """Return a facet's sets with the entries in `touched` filed as in `filed`; empty sets go."""
    sets = {id: _replaced(under.get(id, BitMap()), touched, filed.get(id, BitMap())) for id in {*under, *filed}}
    return {id: bits for id, bits in sets.items() if bits}


def _replaced(bits: BitMap, out: BitMap, into: BitMap) -> BitMap:
    """Return a set without some numbers, then with others; the set itself where that changes nothing."""
    return (bits - out) | into if into or bits.intersect(out) else bits
