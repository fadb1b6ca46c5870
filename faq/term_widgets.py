"""The fields with which editors choose terms: check boxes per facet, and one chooser over all facets."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from faq.domain.facets import Facet, Filing, Taxonomy, Term

Offered = Mapping[Facet, Sequence[Term]]
"""The terms that editors may choose, by facet."""
Implied = Mapping[tuple[Facet, int], Sequence[Term]]
"""Terms that a choice implies, by facet and id, each with the chosen terms that bring it."""


def term_key(term: Term) -> str:
    """Return the name by which pages and forms know a term, such as « couloirs-3 »."""
    return f"{term.facet}-{term.id}"


def select_offered(taxonomy: Taxonomy, filed: Filing) -> Offered:
    """Return the terms that editors may choose for an entry: those in use, and those that it is filed under."""
    return {
        facet: [term for term in terms if not term.retired or term.id in filed.get(facet, ())]
        for facet, terms in taxonomy.by_facet.items()
    }


def group_terms(terms: Iterable[Term]) -> Filing:
    """Return the filing that holds these terms."""
    ids: dict[Facet, set[int]] = {facet: set() for facet in Facet}
    for term in terms:
        ids[term.facet].add(term.id)
    return {facet: frozenset(those) for facet, those in ids.items()}


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


class TermChooser(forms.Widget):
    """One chooser of terms over all facets: check boxes in a fold, over which a script puts a search with chips.

    Its boxes are written without Django's templates: a page holds twenty choosers of some hundred terms.
    """

    def __init__(self, taxonomy: Taxonomy, offered: Offered, label: str, *, implies: bool = True) -> None:
        self.taxonomy, self.offered, self.label, self.implies = taxonomy, offered, label, implies
        super().__init__()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str] | None:
        """Return the keys of the ticked terms, or of what they were merged into; None where the form showed none."""
        if f"{name}-shown" not in data:
            return None
        survivors = {
            f"{facet}-{id}": f"{facet}-{survivor}" for (facet, id), survivor in self.taxonomy.survivors.items()
        }
        return list(dict.fromkeys(survivors.get(key, key) for key in data.getlist(name)))

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the chooser, with what is chosen as chips."""
        keys = frozenset(value or ())
        chosen = [term for terms in self.offered.values() for term in terms if term_key(term) in keys]
        implied = self.taxonomy.find_implied(group_terms(chosen)) if self.implies else {}
        chips = [
            *((term.label, capfirst(term.facet.label)) for term in chosen),
            *((self.taxonomy.by_id[key].label, describe_causes(causes)) for key, causes in implied.items()),
        ]
        return format_html(
            '<div class="term-chooser" data-chooser data-label="{}"{}><input type="hidden" name="{}-shown" value="1">'
            '<ul class="chips" aria-label="{}">{}</ul><details class="chooser-list"><summary>Tous les termes'
            '<span class="visually-hidden">\u00a0: {}</span></summary><div class="chooser-facets">{}</div></details>'
            "</div>",
            self.label,
            _IMPLIES if self.implies else "",
            name,
            self.label,
            format_html_join("", '<li class="chip">{} <span class="quiet">{}</span></li>', chips),
            self.label,
            format_html_join(
                "",
                "<fieldset><legend>{}</legend><ul>{}</ul></fieldset>",
                (
                    (capfirst(facet.label), format_html_join("", _BOX, _describe_boxes(name, keys, terms)))
                    for facet, terms in self.offered.items()
                    if terms
                ),
            ),
        )


_BOX = (
    '<li><label><input type="checkbox" name="{}" value="{}" data-facet="{}"{}> '
    '<span class="term-label">{}</span></label></li>'
)
_CHECKED, _IMPLIES = SafeString(" checked"), SafeString(" data-implies")


def _describe_boxes(name: str, keys: Collection[str], terms: Iterable[Term]) -> Iterator[tuple[str, ...]]:
    for term in terms:
        key = term_key(term)
        yield name, key, term.facet.label, _CHECKED if key in keys else "", name_term(term)


class TermsField(forms.Field):
    """The terms that are chosen for an entry over all facets, as a filing; None where the form did not show them."""

    default_error_messages = {"invalid_choice": "Un terme coché n’est plus proposé\u00a0: il a été retiré entre-temps."}

    def __init__(self, taxonomy: Taxonomy, offered: Offered, *, label: str, implies: bool = True) -> None:
        self.by_key = {term_key(term): term for terms in offered.values() for term in terms}
        super().__init__(required=False, label=label, widget=TermChooser(taxonomy, offered, label, implies=implies))

    def prepare_value(self, value: Any) -> Any:
        """Return the keys of a filing, or what a browser sent."""
        return [f"{facet}-{id}" for facet, ids in value.items() for id in ids] if isinstance(value, Mapping) else value

    def to_python(self, value: Any) -> Filing | None:
        """Return the filing. Raises ValidationError where a key is none of the offered terms."""
        if value is None:
            return None
        unknown = [key for key in value if key not in self.by_key]
        if unknown:
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice")
        return group_terms(self.by_key[key] for key in value)
