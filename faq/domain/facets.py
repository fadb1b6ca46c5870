"""The cascade: which of the five questions to ask, which answers they offer, how many entries each leads to.

Sets of entries are bit sets held in Python integers: bit *i* stands for the *i*-th entry of the index.
One AND and one popcount over 100,000 entries take a few microseconds, so all counts of a page are
exact and cost no query.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from faq.domain.dumps import CASCADE_QUESTIONS


class Facet(StrEnum):
    """One of the five questions, in the order in which they are asked."""

    OFFER_TYPES = "offer_types"
    COULOIRS = "couloirs"
    DISPOSITIFS = "dispositifs"
    PRODUCTS = "products"
    THEMES = "themes"

    @property
    def question(self) -> str:
        """The question as printed on the page."""
        return CASCADE_QUESTIONS[_ORDER[self]]

    @property
    def parameter(self) -> str:
        """The name of the facet in public addresses."""
        return _PARAMETERS[self]

    @property
    def label(self) -> str:
        """The French name of the facet."""
        return _LABELS[self]

    @property
    def parent(self) -> "Facet | None":
        """The facet whose terms this facet's terms belong to."""
        return _PARENTS.get(self)


_PARAMETERS = {
    Facet.OFFER_TYPES: "offre",
    Facet.COULOIRS: "couloir",
    Facet.DISPOSITIFS: "dispositif",
    Facet.PRODUCTS: "produit",
    Facet.THEMES: "theme",
}
_LABELS = {
    Facet.OFFER_TYPES: "type d’offre",
    Facet.COULOIRS: "couloir Ségur",
    Facet.DISPOSITIFS: "dispositif Ségur",
    Facet.PRODUCTS: "produit ou service",
    Facet.THEMES: "thématique",
}
_PARENTS = {
    Facet.COULOIRS: Facet.OFFER_TYPES,
    Facet.DISPOSITIFS: Facet.COULOIRS,
    Facet.PRODUCTS: Facet.OFFER_TYPES,
}
_TRUTH = bytes.maketrans(b"01", b"\0\1")
_ORDER = {facet: place for place, facet in enumerate(Facet)}


@dataclass(frozen=True, slots=True)
class Term:
    """One possible answer to a facet's question. `parents` are ids of the parent facet; none: belongs everywhere."""

    id: int
    facet: Facet
    slug: str
    label: str
    parents: frozenset[int] = frozenset()
    retired: bool = False
    old_slugs: tuple[str, ...] = ()


Filing = Mapping[Facet, frozenset[int]]
"""Where an entry is filed: term ids per facet; a facet without ids is transverse, it concerns all terms."""

State = Mapping[Facet, Term]
"""What a visitor has chosen: at most one term per facet."""


class FilingContradiction(ValueError):
    """A filing whose terms exclude each other; the message says which and how to mend it, in French."""

    def __init__(self, facet: Facet, message: str) -> None:
        self.facet = facet
        super().__init__(message)


@dataclass(frozen=True)
class Taxonomy:
    """All terms, in screen order within their facet."""

    terms: tuple[Term, ...]

    @cached_property
    def by_facet(self) -> dict[Facet, tuple[Term, ...]]:
        """The terms of each facet, in screen order."""
        return {facet: tuple(term for term in self.terms if term.facet is facet) for facet in Facet}

    @cached_property
    def by_id(self) -> dict[tuple[Facet, int], Term]:
        """The terms by facet and id."""
        return {(term.facet, term.id): term for term in self.terms}

    @cached_property
    def by_slug(self) -> dict[tuple[Facet, str], Term]:
        """The terms by facet and present slug."""
        return {(term.facet, term.slug): term for term in self.terms}

    @cached_property
    def by_old_slug(self) -> dict[tuple[Facet, str], Term]:
        """The terms by facet and slugs of former days; present slugs win."""
        return {(term.facet, slug): term for term in self.terms for slug in term.old_slugs}

    def fits(self, term: Term, chosen: State) -> bool:
        """Tell whether a term can go with what was chosen at the facets it descends from."""
        return all(
            chosen[facet].id in ids for facet, ids in self._ancestors[term.facet, term.id].items() if facet in chosen
        )

    def drop_misfits(self, chosen: State) -> tuple[dict[Facet, Term], list[Term]]:
        """Keep, question after question, the choices that fit the earlier ones; give (kept, dropped)."""
        kept: dict[Facet, Term] = {}
        dropped: list[Term] = []
        for facet in Facet:
            if facet not in chosen:
                continue
            if self.fits(chosen[facet], kept):
                kept[facet] = chosen[facet]
            else:
                dropped.append(chosen[facet])
        return kept, dropped

    def complete(self, filing: Filing) -> dict[Facet, frozenset[int]]:
        """Give the filing with what it implies: a dispositif implies its couloirs, a couloir its offer type.

        Where the parent facet is filed already, every term must find one of its parents there:
        raises FilingContradiction otherwise.
        """
        completed = {facet: filing.get(facet, frozenset()) for facet in Facet}
        for facet in (Facet.DISPOSITIFS, Facet.COULOIRS, Facet.PRODUCTS):
            parent = _PARENTS[facet]
            filed = completed[parent]
            terms = [self.by_id[facet, id] for id in sorted(completed[facet])]
            if not filed:
                completed[parent] = frozenset().union(*(term.parents for term in terms))
            for term in terms:
                if filed and term.parents and not term.parents & filed:
                    raise self._contradiction(term, parent, filed)
        return completed

    def ancestors_at(self, facet: Facet, terms: Iterable[Term]) -> Iterator[frozenset[int]]:
        """Give, for each term, the ids of its ancestors at a facet; none where it has no say there."""
        return (self._ancestors[term.facet, term.id].get(facet, frozenset()) for term in terms)

    @cached_property
    def _ancestors(self) -> dict[tuple[Facet, int], dict[Facet, frozenset[int]]]:
        return {(term.facet, term.id): self._ancestors_of(term) for term in self.terms}

    def _ancestors_of(self, term: Term) -> dict[Facet, frozenset[int]]:
        ancestors: dict[Facet, frozenset[int]] = {}
        facet, ids = term.facet.parent, term.parents
        while facet is not None and ids:
            ancestors[facet] = ids
            parents = [self.by_id[facet, id].parents for id in ids]
            facet, ids = facet.parent, frozenset().union(*parents)
        return ancestors

    def _contradiction(self, term: Term, parent: Facet, filed: frozenset[int]) -> FilingContradiction:
        belongs = " ou ".join(f"« {self.by_id[parent, id].label} »" for id in sorted(term.parents))
        chosen = ", ".join(f"« {self.by_id[parent, id].label} »" for id in sorted(filed))
        return FilingContradiction(
            term.facet,
            f"« {term.label} » relève de {belongs}, or la fiche est classée sous {chosen} ({parent.label}). "
            f"Ajoutez {belongs} ou retirez « {term.label} ».",
        )


@dataclass(frozen=True, slots=True)
class Option:
    """One answer offered to a question: choosing it leads to exactly `count` entries."""

    term: Term
    count: int
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
    """The filing of a sequence of entries, as bit sets per term."""

    taxonomy: Taxonomy
    size: int
    _matching: dict[tuple[Facet, int], int] = field(repr=False)

    @classmethod
    def build(cls, taxonomy: Taxonomy, size: int, filed: Iterable[tuple[Facet, int, Sequence[int]]]) -> "CascadeIndex":
        """Index `size` entries; `filed` gives, per facet and term id, the positions of the entries under it."""
        under = {(facet, id): _bits(positions, size) for facet, id, positions in filed}
        everything = (1 << size) - 1
        transverse = dict.fromkeys(Facet, everything)
        for (facet, _), bits in under.items():
            transverse[facet] &= ~bits
        matching = {
            (term.facet, term.id): under.get((term.facet, term.id), 0) | transverse[term.facet]
            for term in taxonomy.terms
        }
        return cls(taxonomy, size, matching)

    def select(self, state: State) -> int:
        """Give the set of entries that concern every chosen term."""
        selection = (1 << self.size) - 1
        for facet, term in state.items():
            selection &= self._matching[facet, term.id]
        return selection

    def count(self, state: State) -> int:
        """Count the entries of a state."""
        return self.select(state).bit_count()

    def questions(self, state: State) -> list[Question]:
        """Give the questions worth asking in a state whose choices fit each other.

        A question is asked where a choice was made, or where at least one of its options leads to
        other entries than now. Options that lead nowhere are left out, unless chosen.
        """
        total = self.count(state)
        questions = (self._question(facet, state) for facet in Facet)
        return [
            question
            for question in questions
            if question.chosen or any(option.count != total for option in question.options)
        ]

    def _question(self, facet: Facet, state: State) -> Question:
        others = {other: term for other, term in state.items() if other is not facet}
        selection = self.select(others)
        options = tuple(self._options(facet, state.get(facet), others, selection))
        return Question(facet, options, selection.bit_count(), state.get(facet))

    def _options(self, facet: Facet, chosen: Term | None, others: State, selection: int) -> Iterator[Option]:
        earlier = {other: term for other, term in others.items() if _ORDER[other] < _ORDER[facet]}
        descendants = [ids for ids in self.taxonomy.ancestors_at(facet, others.values()) if ids]
        for term in self.taxonomy.by_facet[facet]:
            if term.retired or not self.taxonomy.fits(term, earlier):
                continue
            if all(term.id in ids for ids in descendants):
                count = (selection & self._matching[facet, term.id]).bit_count()
            else:
                # Choosing this would drop later choices: the page that it leads to is without them.
                count = self.count(self.taxonomy.drop_misfits({**others, facet: term})[0])
            if count or term == chosen:
                yield Option(term, count, term == chosen)


def positions(selection: int) -> list[int]:
    """Give the positions held in a bit set, in rising order."""
    digits = bin(selection)[:1:-1].encode().translate(_TRUTH)
    return list(itertools.compress(itertools.count(), digits))


def _bits(positions: Iterable[int], size: int) -> int:
    buffer = bytearray(size // 8 + 1)
    for position in positions:
        buffer[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(buffer, "little")
