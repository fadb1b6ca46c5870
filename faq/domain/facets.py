"""The five facets and their terms: which terms fit each other, and which ones a filing implies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from faq.domain.dumps import CASCADE_QUESTIONS


class Facet(StrEnum):
    """A facet, in the order in which the cascade asks its question."""

    _value_: str
    parameter: str
    """The name of the facet in public addresses."""
    label: str
    """The French name of the facet."""

    def __new__(cls, value: str, parameter: str = "", label: str = "") -> "Facet":
        """Make a facet, which is equal to its value; `Facet("themes")` is the facet of that value."""
        facet = str.__new__(cls, value)
        facet._value_, facet.parameter, facet.label = value, parameter, label
        return facet

    OFFER_TYPES = "offer_types", "offre", "type d’offre"
    COULOIRS = "couloirs", "couloir", "couloir Ségur"
    DISPOSITIFS = "dispositifs", "dispositif", "dispositif Ségur"
    PRODUCTS = "products", "produit", "produit ou service"
    THEMES = "themes", "theme", "thématique"

    @property
    def question(self) -> str:
        """The question as printed on the page."""
        return CASCADE_QUESTIONS[_ORDER[self]]

    @property
    def parent(self) -> "Facet | None":
        """The facet whose terms this facet's terms belong to."""
        return _PARENTS.get(self)


_PARENTS = {
    Facet.COULOIRS: Facet.OFFER_TYPES,
    Facet.DISPOSITIFS: Facet.COULOIRS,
    Facet.PRODUCTS: Facet.OFFER_TYPES,
}
_FACETS = tuple(Facet)
_COMPLETIONS_KEPT = 10_000
"""Filings whose completion a taxonomy remembers."""
_ORDER = {facet: place for place, facet in enumerate(Facet)}


@dataclass(frozen=True, slots=True)
class Term:
    """One possible answer to a facet's question."""

    id: int
    facet: Facet
    slug: str
    label: str
    parents: frozenset[int] = frozenset()
    """Ids of terms of the parent facet; a term without parents belongs to all of them."""
    retired: bool = False
    old_slugs: tuple[str, ...] = ()
    review_months: int | None = None
    """The months between two checks of what is filed here; None where the term sets no interval."""
    merged_into: int | None = None
    """The id of the term that answers for this one, which only past versions name."""
    answers_for: frozenset[int] = frozenset()
    """The ids of the terms that were merged into this one, directly or through others."""
    was_public: bool = True
    """False for a thématique that only drafts have named so far."""


Filing = Mapping[Facet, frozenset[int]]
"""The term ids of an entry by facet; without ids at a facet, the entry is transverse: it concerns all its terms."""

State = Mapping[Facet, Term]
"""The choices of a visitor: at most one term per facet."""


class FilingContradiction(ValueError):
    """A filing whose terms exclude each other; the message says in French which ones, and how to correct it."""

    def __init__(self, facet: Facet, message: str) -> None:
        self.facet = facet
        super().__init__(message)


@dataclass(frozen=True)
class Taxonomy:
    """All terms, in screen order within their facet."""

    terms: tuple[Term, ...]

    @cached_property
    def by_facet(self) -> dict[Facet, tuple[Term, ...]]:
        """The terms of each facet, in screen order, without those that were merged into others."""
        standing = [term for term in self.terms if term.merged_into is None]
        return {facet: tuple(term for term in standing if term.facet is facet) for facet in Facet}

    @cached_property
    def by_id(self) -> dict[tuple[Facet, int], Term]:
        """The terms by facet and id."""
        return {(term.facet, term.id): term for term in self.terms}

    @cached_property
    def by_slug(self) -> dict[tuple[Facet, str], Term]:
        """The terms by facet and present slug."""
        return {(facet, term.slug): term for facet, terms in self.by_facet.items() for term in terms}

    @cached_property
    def by_old_slug(self) -> dict[tuple[Facet, str], Term]:
        """The terms by facet and former slug, and by the slugs of those merged into them; present slugs come first."""
        merged = [
            ((term.facet, slug), self.by_id[term.facet, survivor])
            for term in self.terms
            if (survivor := self.survivors.get((term.facet, term.id)))
            for slug in (*term.old_slugs, term.slug)
        ]
        standing = [
            ((term.facet, slug), term) for terms in self.by_facet.values() for term in terms for slug in term.old_slugs
        ]
        return dict([*merged, *standing])

    def fits(self, term: Term, chosen: State) -> bool:
        """Return whether a term fits the choices at the facets above its own."""
        return all(
            chosen[facet].id in ids for facet, ids in self._ancestors[term.facet, term.id].items() if facet in chosen
        )

    def drop_misfits(self, chosen: State) -> tuple[dict[Facet, Term], list[Term]]:
        """Return the choices that fit the earlier ones, and those that do not: (kept, dropped)."""
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
        """Return the filing with what it implies: a dispositif implies its couloirs, a couloir its offer type.

        Terms that were merged give way to those that answer for them. Where the parent facet is filed already, every
        term must find one of its parents there: raises FilingContradiction otherwise.
        """
        # There are far fewer ways to file than entries: of thousands written at once, most are completed alike.
        key = tuple(map(filing.get, _FACETS))
        if key not in self._completed:
            completed = self._compute_completion(filing)
            if len(self._completed) >= _COMPLETIONS_KEPT:
                self._completed.clear()
            self._completed[key] = completed
        return dict(self._completed[key])

    def _compute_completion(self, filing: Filing) -> dict[Facet, frozenset[int]]:
        completed = self.resolve(filing)
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

    @cached_property
    def _completed(self) -> dict[tuple[frozenset[int] | None, ...], dict[Facet, frozenset[int]]]:
        return {}

    def reduce(self, filing: Filing) -> dict[Facet, frozenset[int]]:
        """Return the least choice that completes to this filing: without the terms that its other terms imply.

        A filing that contradicts itself is returned whole.
        """
        whole = {facet: filing.get(facet, frozenset()) for facet in Facet}
        for implied in ((Facet.OFFER_TYPES, Facet.COULOIRS), (Facet.OFFER_TYPES,), (Facet.COULOIRS,)):
            fewer = whole | dict.fromkeys(implied, frozenset())
            try:
                if self.complete(fewer) == whole:
                    return fewer
            except FilingContradiction:
                continue
        return whole

    def find_implied(self, chosen: Filing) -> dict[tuple[Facet, int], list[Term]]:
        """Return the terms that a choice implies, by facet and id, each with the chosen terms that bring it.

        A choice that contradicts itself implies nothing.
        """
        try:
            completed = self.complete(chosen)
        except FilingContradiction:
            return {}
        return {
            (facet, id): self._find_causes(facet, id, chosen)
            for facet in Facet
            for id in sorted(completed[facet] - chosen.get(facet, frozenset()))
        }

    def _find_causes(self, facet: Facet, id: int, chosen: Filing) -> list[Term]:
        """Return the chosen terms that bring a term: products bring an offer type only where no couloir does."""
        lines = ((Facet.COULOIRS, Facet.DISPOSITIFS), (Facet.PRODUCTS,))
        for line in lines:
            terms = [self.by_id[below, one] for below in line for one in sorted(chosen.get(below, ()))]
            causes = [term for term in terms if id in self._ancestors[term.facet, term.id].get(facet, ())]
            if causes:
                return causes
        return []

    def accepts(self, filing: Filing) -> bool:
        """Return whether terms stand and fit each other, with all that they imply."""
        try:
            return self.complete(filing) == filing
        except FilingContradiction:
            return False

    def resolve(self, filing: Filing) -> dict[Facet, frozenset[int]]:
        """Return the filing with each merged term replaced by the one that answers for it."""
        merged = self.survivors
        return {
            facet: frozenset(merged.get((facet, id), id) for id in ids) if merged else frozenset(ids)
            for facet in Facet
            for ids in [filing.get(facet, frozenset())]
        }

    @cached_property
    def survivors(self) -> dict[tuple[Facet, int], int]:
        """The id of the term that answers for each merged one, at the end of a chain; none where it is not here."""
        merged = [term for term in self.terms if term.merged_into is not None]
        ends = [(term, self._get_survivor(term)) for term in merged]
        return {(term.facet, term.id): end.id for term, end in ends if end and end.merged_into is None}

    def _get_survivor(self, term: Term) -> Term | None:
        """Return the end of a chain of merges; a merged term where it is a circle."""
        found: Term | None = term
        seen: set[int] = set()
        while found and found.merged_into is not None and found.id not in seen:
            seen.add(found.id)
            found = self.by_id.get((found.facet, found.merged_into))
        return found

    def offered(self, facet: Facet, others: State) -> Sequence[Term]:
        """Return the terms of a facet that are in use and fit the choices at the facets above."""
        fitting = [self._fitting[facet, above, others[above].id] for above in _line_above(facet) if above in others]
        if not fitting:
            return self._in_use[facet]
        # The nearest leaves the fewest.
        nearest, *further = fitting
        return [term for id, term in nearest.items() if all(id in terms for terms in further)]

    def kept_by(self, facet: Facet, others: State) -> frozenset[int] | None:
        """Return the ids of the terms of a facet that fit all choices at the facets below; None for all of them."""
        below = [ids for term in others.values() if (ids := self._ancestors[term.facet, term.id].get(facet))]
        return below[0].intersection(*below[1:]) if below else None

    @cached_property
    def _in_use(self) -> dict[Facet, tuple[Term, ...]]:
        return {facet: tuple(term for term in terms if not term.retired) for facet, terms in self.by_facet.items()}

    @cached_property
    def _fitting(self) -> dict[tuple[Facet, Facet, int], dict[int, Term]]:
        """The terms of a facet, by id, that are in use and fit a term of a facet above it."""
        return {
            (facet, above, one.id): {term.id: term for term in self._in_use[facet] if self.fits(term, {above: one})}
            for facet in Facet
            for above in _line_above(facet)
            for one in self.by_facet[above]
        }

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


def _line_above(facet: Facet) -> list[Facet]:
    """Return the facets that a facet descends from, the nearest first."""
    line = []
    while parent := facet.parent:
        line.append(parent)
        facet = parent
    return line
