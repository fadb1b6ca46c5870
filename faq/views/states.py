"""States of the cascade and their addresses: reading a query string, writing the one of a state."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from faq.domain.facets import Facet, State, Taxonomy, Term


@dataclass(frozen=True, slots=True)
class Reading:
    """What a query string asks for: choices that go together, and what to tell of those set aside."""

    state: State
    notices: tuple[str, ...]


def read_state(query: Mapping[str, str], taxonomy: Taxonomy) -> Reading:
    """Read a query string. Whatever it holds, a state comes out; values that mean nothing leave a notice."""
    chosen: dict[Facet, Term] = {}
    notices: list[str] = []
    for facet, slug in _slugs(query).items():
        term = taxonomy.by_slug.get((facet, slug))
        if term is None:
            # The value is not repeated: an address could put any sentence on our page.
            notices.append(f"Un filtre de l’adresse est inconnu ({facet.label}) : il est ignoré.")
        elif term.retired:
            notices.append(f"« {term.label} » ({facet.label}) n’est plus proposé : ce filtre est ignoré.")
        else:
            chosen[facet] = term
    kept, dropped = taxonomy.drop_misfits(chosen)
    notices.extend(_misfit(term, kept, taxonomy) for term in dropped)
    return Reading(kept, tuple(notices))


def renamed_slugs(query: Mapping[str, str], taxonomy: Taxonomy) -> dict[str, str]:
    """Give the parameters that name a term by a former slug, with its present slug."""
    return {
        facet.parameter: taxonomy.by_old_slug[facet, slug].slug
        for facet, slug in _slugs(query).items()
        if (facet, slug) not in taxonomy.by_slug and (facet, slug) in taxonomy.by_old_slug
    }


def state_address(state: State, page: int = 1) -> str:
    """Give the one address of a state: parameters in the order of the questions, none empty, no page 1."""
    parameters = {facet.parameter: state[facet].slug for facet in Facet if facet in state}
    if page > 1:
        parameters["page"] = str(page)
    query = urlencode(parameters)
    return reverse("faq:cascade") + (f"?{query}" if query else "")


def branch(term: Term, taxonomy: Taxonomy) -> dict[Facet, Term]:
    """Give the state that a term stands for: itself below its parents, as far up as each has only one."""
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
