"""Answers as the public pages show them: an entry, and where it stands in the cascade."""

from dataclasses import dataclass
from functools import cached_property

from faq.domain.facets import Facet, State, Taxonomy, Term
from faq.models import Entry
from faq.views.states import branch, state_address

_SPINE = (Facet.OFFER_TYPES, Facet.COULOIRS, Facet.DISPOSITIFS)
"""The facets of which each is part of the one before."""


def entries_with_live():
    """Read entries together with the version that is live: one query for text, filing and version number."""
    # The long texts of the version are those of the entry.
    return Entry.objects.select_related("live").defer("folded", "live__question", "live__answer")


@dataclass(frozen=True, slots=True)
class TermLink:
    """A term, and the address of its answers."""

    label: str
    address: str


@dataclass(frozen=True)
class Answer:
    """A live entry, and the taxonomy that gives the terms of its live version their present names."""

    entry: Entry
    taxonomy: Taxonomy

    @cached_property
    def terms(self) -> dict[Facet, list[Term]]:
        """The terms that the entry is filed under, in screen order; facets without any are left out."""
        filing = self.entry.live.filing
        found = {}
        for facet, terms in self.taxonomy.by_facet.items():
            ids = {term["id"] for term in filing.get(facet, ())}
            if filed := [term for term in terms if term.id in ids]:
                found[facet] = filed
        return found

    @property
    def labels(self) -> list[str]:
        """The names of all terms."""
        return [term.label for terms in self.terms.values() for term in terms]

    @property
    def links(self) -> dict[Facet, list[TermLink]]:
        """The terms, each with the address of its branch of the cascade; a retired term has none."""
        return {
            facet: [
                TermLink(term.label, "" if term.retired else state_address(branch(term, self.taxonomy)))
                for term in terms
            ]
            for facet, terms in self.terms.items()
        }

    @property
    def place(self) -> State:
        """The most precise branch that holds the answer, going down while it has one place only."""
        state = {}
        for facet in _SPINE:
            if len(self.terms.get(facet, ())) != 1 or self.terms[facet][0].retired:
                break
            [state[facet]] = self.terms[facet]
        return state
