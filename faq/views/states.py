"""Query strings of the cascade: parsing them, and building the address of a state."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from faq.domain.facets import Facet, State, Taxonomy, Term
from faq.domain.search.queries import LONGEST_QUERY
from faq.selectors.published import Snapshot

_MAX_PAGE_DIGITS = 9
"""Digits after these are ignored: such a page would lie far beyond the last one."""


@dataclass(frozen=True, slots=True)
class CascadeQuery:
    """A parsed query string: terms that can be combined, the search and the page, and notices about ignored values."""

    state: State
    notices: tuple[str, ...]
    search: str = ""
    page: int = 1
    """The requested page, which may not exist."""
    is_cut: bool = False
    """Whether the search was longer."""


def _clean_search(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


def _parse_page_number(text: str) -> int:
    """Return the number that a text names, or 1."""
    digits = text[:_MAX_PAGE_DIGITS]
    return max(int(digits), 1) if digits.isascii() and digits.isdecimal() else 1


def parse_query(query: Mapping[str, str], taxonomy: Taxonomy) -> CascadeQuery:
    """Parse a query string; each value that is unknown, retired or incompatible is ignored, with a notice."""
    state, notices = {}, []
    for facet, slug in _get_slugs(query).items():
        term = taxonomy.by_slug.get((facet, slug))
        if term is None:
            # The value is not repeated: an address could put any sentence on our page.
            notices.append(f"Un filtre de l’adresse est inconnu ({facet.label}) : il est ignoré.")
        elif term.retired:
            notices.append(f"« {term.label} » ({facet.label}) n’est plus proposé : ce filtre est ignoré.")
        else:
            state[facet] = term
    combined, dropped = taxonomy.drop_misfits(state)
    notices += [_describe_misfit(term, combined, taxonomy) for term in dropped]
    search = _clean_search(query.get("q", ""))
    page = _parse_page_number(query.get("page", "").strip())
    return CascadeQuery(combined, tuple(notices), search[:LONGEST_QUERY], page, len(search) > LONGEST_QUERY)


def get_renamed_slugs(query: Mapping[str, str], taxonomy: Taxonomy) -> dict[str, str]:
    """Return the parameters that name a term by a former slug, with its present slug."""
    return {
        facet.parameter: taxonomy.by_old_slug[facet, slug].slug
        for facet, slug in _get_slugs(query).items()
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


def branch_state(term: Term, taxonomy: Taxonomy) -> dict[Facet, Term]:
    """Return the state of a term and its ancestors, up to the first one that has several parents."""
    above = {}
    if term.facet.parent and len(term.parents) == 1:
        [parent] = term.parents
        above = branch_state(taxonomy.by_id[term.facet.parent, parent], taxonomy)
    return above | {term.facet: term}


def open_branches(snapshot: Snapshot, terms: Iterable[Term]) -> Iterator[tuple[State, int]]:
    """Yield the branches of terms that hold answers, with their number; those of retired terms are left out."""
    for term in terms:
        state = branch_state(term, snapshot.taxonomy)
        if not any(chosen.retired for chosen in state.values()) and (count := snapshot.index.count(state)):
            yield state, count


def _get_slugs(query: Mapping[str, str]) -> dict[Facet, str]:
    """Return the slug that each facet's parameter holds; of a repeated parameter the last value counts."""
    values = {facet: query.get(facet.parameter, "").strip() for facet in Facet}
    return {facet: value for facet, value in values.items() if value}


def _describe_misfit(term: Term, state: State, taxonomy: Taxonomy) -> str:
    obstacles = [other for facet, other in state.items() if not taxonomy.fits(term, {facet: other})]
    others = " ni de ".join(f"« {other.label} »" for other in obstacles)
    return f"« {term.label} » ({term.facet.label}) ne relève pas de {others} : ce filtre est retiré."
