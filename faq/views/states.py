"""States of the cascade and their addresses: reading a query string, writing the one of a state."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from faq.domain.facets import Facet, State, Taxonomy, Term

_LONGEST_PAGE_NUMBER = 9
"""Digits. No longer number is read: it could only name a page far beyond the last."""
_LONGEST_SEARCH = 200
"""Characters. More is no question; what follows is left out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a query string asks for: choices that go together, and what to tell of those set aside."""

    state: State
    notices: tuple[str, ...]
    search: str = ""
    page: int = 1
    """As asked for: there may be no such page."""


def _one_line(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())[:_LONGEST_SEARCH]


def _page_number(text: str) -> int:
    """Read the number of a page; 1 for whatever is none."""
    digits = text[:_LONGEST_PAGE_NUMBER]
    return max(int(digits), 1) if digits.isascii() and digits.isdecimal() else 1


def read_state(query: Mapping[str, str], taxonomy: Taxonomy) -> Reading:
    """Return what a query string asks for: always a state, with a notice for each value that means nothing."""
    state, notices = {}, []
    for facet, slug in _slugs(query).items():
        term = taxonomy.by_slug.get((facet, slug))
        if term is None:
            # The value is not repeated: an address could put any sentence on our page.
            notices.append(f"Un filtre de l’adresse est inconnu ({facet.label}) : il est ignoré.")
        elif term.retired:
            notices.append(f"« {term.label} » ({facet.label}) n’est plus proposé : ce filtre est ignoré.")
        else:
            state[facet] = term
    kept, dropped = taxonomy.drop_misfits(state)
    notices += [_misfit(term, kept, taxonomy) for term in dropped]
    return Reading(kept, tuple(notices), _one_line(query.get("q", "")), _page_number(query.get("page", "").strip()))


def renamed_slugs(query: Mapping[str, str], taxonomy: Taxonomy) -> dict[str, str]:
    """Return the parameters that name a term by a former slug, with its present slug."""
    return {
        facet.parameter: taxonomy.by_old_slug[facet, slug].slug
        for facet, slug in _slugs(query).items()
        if (facet, slug) not in taxonomy.by_slug and (facet, slug) in taxonomy.by_old_slug
    }


def state_address(state: State, page: int = 1, search: str = "") -> str:
    """Return the one address of a state: parameters in the order of the questions, none empty, no page 1."""
    parameters = {facet.parameter: state[facet].slug for facet in Facet if facet in state}
    if search:
        parameters["q"] = search
    query = urlencode(parameters)
    return page_address(reverse("faq:cascade") + (f"?{query}" if query else ""), page)


def page_address(address: str, page: int) -> str:
    """Return the address of a page of the answers whose first page has this address."""
    if page == 1:
        return address
    return f"{address}{'&' if '?' in address else '?'}page={page}"


def branch(term: Term, taxonomy: Taxonomy) -> dict[Facet, Term]:
    """Return the state that a term stands for: itself below its parents, as far up as each has only one."""
    above = {}
    if term.facet.parent and len(term.parents) == 1:
        [parent] = term.parents
        above = branch(taxonomy.by_id[term.facet.parent, parent], taxonomy)
    return above | {term.facet: term}


def _slugs(query: Mapping[str, str]) -> dict[Facet, str]:
    """Read the parameters that say something; of a repeated one the last value counts."""
    values = {facet: query.get(facet.parameter, "").strip() for facet in Facet}
    return {facet: value for facet, value in values.items() if value}


def _misfit(term: Term, kept: State, taxonomy: Taxonomy) -> str:
    obstacles = [other for facet, other in kept.items() if not taxonomy.fits(term, {facet: other})]
    others = " ni de ".join(f"« {other.label} »" for other in obstacles)
    return f"« {term.label} » ({term.facet.label}) ne relève pas de {others} : ce filtre est retiré."
