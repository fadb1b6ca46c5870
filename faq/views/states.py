"""States of the cascade and their addresses: reading a query string, writing the one of a state."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django_filters import Filter, FilterSet

from faq.domain.facets import Facet, State, Taxonomy, Term
from faq.models import Entry

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


class _Field(forms.Field):
    """Text as it stands in an address; nothing is refused."""

    def __deepcopy__(self, memo):
        # A form copies its fields for every request; these hold nothing of it.
        return self

    def clean(self, value):
        """Return the text without blank margins."""
        return (value or "").strip()


class _Parameter(Filter):
    field_class = _Field

    def __deepcopy__(self, memo):
        # So does a set of filters.
        return copy(self)


class _CascadeForm(forms.Form):
    """The choices of an address, each checked against the taxonomy; what cannot be chosen leaves an error."""

    taxonomy = Taxonomy(())

    def clean(self):
        """Replace slugs by their terms, without those that visitors cannot choose."""
        chosen = {}
        for facet in Facet:
            if slug := self.cleaned_data[facet.parameter]:
                chosen[facet] = self.taxonomy.by_slug.get((facet, slug))
                self._refuse(facet, chosen[facet])
        return self.cleaned_data | {
            "state": {facet: term for facet, term in chosen.items() if term and not term.retired}
        }

    def _refuse(self, facet: Facet, term: Term | None) -> None:
        if term is None:
            # The value is not repeated: an address could put any sentence on our page.
            self.add_error(None, f"Un filtre de l’adresse est inconnu ({facet.label}) : il est ignoré.")
        elif term.retired:
            self.add_error(None, f"« {term.label} » ({facet.label}) n’est plus proposé : ce filtre est ignoré.")


class CascadeFilters(FilterSet):
    """The parameters of the cascade's addresses.

    They are read as those of any set of filters; what they select is looked up in the snapshot of what is
    published and not in the database, which takes a hundred times as long to count it.
    """

    offre = _Parameter(label="")
    couloir = _Parameter(label="")
    dispositif = _Parameter(label="")
    produit = _Parameter(label="")
    theme = _Parameter(label="")
    q = _Parameter(label="")
    page = _Parameter(label="")
    form_class: type[_CascadeForm] | None = None

    class Meta:
        model = Entry
        fields = ()
        form = _CascadeForm

    def __init__(self, query: Mapping[str, str], taxonomy: Taxonomy) -> None:
        super().__init__(query, Entry.objects.none())
        self.form.taxonomy = taxonomy

    def get_form_class(self):
        """Return the class of the form, made once and not for every request."""
        if CascadeFilters.form_class is None:
            CascadeFilters.form_class = super().get_form_class()
        return CascadeFilters.form_class

    def reading(self) -> Reading:
        """Return what the address asks for: always a state, with a notice for each value that means nothing."""
        notices = list(self.form.non_field_errors())
        cleaned, taxonomy = self.form.cleaned_data, self.form.taxonomy
        kept, dropped = taxonomy.drop_misfits(cleaned["state"])
        notices += [_misfit(term, kept, taxonomy) for term in dropped]
        return Reading(kept, tuple(notices), _one_line(cleaned["q"]), _page_number(cleaned["page"]))


def _one_line(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())[:_LONGEST_SEARCH]


def _page_number(text: str) -> int:
    """Read the number of a page; 1 for whatever is none."""
    digits = text[:_LONGEST_PAGE_NUMBER]
    return max(int(digits), 1) if digits.isascii() and digits.isdecimal() else 1


def read_state(query: Mapping[str, str], taxonomy: Taxonomy) -> Reading:
    """Read a query string."""
    # Most visitors arrive without.
    return CascadeFilters(query, taxonomy).reading() if query else Reading({}, ())


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
