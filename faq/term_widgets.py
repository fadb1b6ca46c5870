"""The fields with which editors choose terms: check boxes per facet, and one chooser over all facets."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import json_script
from django.utils.safestring import SafeString

from faq.domain.facets import Facet, Filing, Taxonomy, Term

Implied = Mapping[tuple[Facet, int], Sequence[Term]]
"""Terms that a choice implies, by facet and id, each with the chosen terms that bring it."""


def term_key(term: Term) -> str:
    """Return the name by which pages and forms know a term, such as « couloirs-3 »."""
    return f"{term.facet}-{term.id}"


def select_offered(taxonomy: Taxonomy, filed: Filing) -> dict[Facet, list[Term]]:
    """Return the terms that editors may choose for an entry: those in use, and those that it is filed under."""
    return {
        facet: [term for term in terms if not term.retired or term.id in filed.get(facet, ())]
        for facet, terms in taxonomy.by_facet.items()
    }


def name_term(term: Term) -> str:
    """Return the label of a term, with a word that says that it is retired."""
    return f"{term.label} (retiré)" if term.retired else term.label


def render_terms(taxonomy: Taxonomy, offered: Iterable[Term]) -> SafeString:
    """Return terms, and those that they belong to, for the scripts that complete a filing, as a block of data."""
    needed = {(term.facet, term.id) for term in offered}
    for facet in (Facet.DISPOSITIFS, Facet.COULOIRS, Facet.PRODUCTS):
        above = facet.parent
        children = [term for term in taxonomy.by_facet[facet] if (facet, term.id) in needed]
        needed |= {(above, parent) for term in children for parent in term.parents if above}
    terms = [
        {
            "key": term_key(term),
            "facet": term.facet.value,
            "label": term.label,
            "parents": [f"{term.facet.parent}-{parent}" for parent in sorted(term.parents)],
        }
        for term in taxonomy.terms
        if (term.facet, term.id) in needed
    ]
    return json_script(terms, "filing-terms", encoder=DjangoJSONEncoder)


def describe_causes(causes: Sequence[Term]) -> str:
    """Return in French from which chosen terms an implied one comes."""
    named = ", ".join(f"«\u00a0{cause.label}\u00a0»" for cause in causes)
    return f"implicite\u00a0: découle de {named}"


class TermBoxes(forms.CheckboxSelectMultiple):
    """Check boxes of the terms of one facet: what is chosen is ticked, what that implies is said beside its box."""

    implied: Implied = {}

    def __init__(self, facet: Facet, taxonomy: Taxonomy) -> None:
        self.facet, self.taxonomy = facet, taxonomy
        super().__init__()

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        """Return the description of one box: its term, which the script reads, and what implies it."""
        option = super().create_option(name, value, *args, **options)
        option["attrs"]["data-term"] = f"{self.facet}-{value}"
        option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_note"
        causes = self.implied.get((self.facet, value))
        option["implied_by"] = describe_causes(causes) if causes else ""
        return option
