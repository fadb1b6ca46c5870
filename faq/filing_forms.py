"""The forms with which editors title and file many entries at once."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from faq.domain.facets import Facet, Filing, Taxonomy
from faq.domain.filing_changes import FilingChange
from faq.domain.limits import QUESTION_MAX_LENGTH
from faq.domain.merge import Merge
from faq.forms import TextField, VersionField
from faq.models import Version
from faq.models.entries import reference
from faq.services.content import Content, content_of
from faq.term_widgets import TermsField, render_terms, select_offered


class FilingForm(forms.Form):
    """A change to the filing of many entries, and the versions of these that the editor has seen."""

    bases = forms.CharField(
        widget=forms.HiddenInput,
        error_messages={"required": "La liste des fiches manque\u00a0; revenez à la liste, puis recommencez."},
    )
    replace = forms.TypedMultipleChoiceField(
        label="Remplacer",
        choices=[(facet.value, capfirst(facet.label)) for facet in Facet],
        coerce=Facet,
        empty_value=(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Sous une question cochée, les fiches ne gardent que ce qui est ajouté ci-dessus\u00a0; "
        "si rien n’est ajouté, elles y deviennent transverses.",
    )

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        *,
        bases: Mapping[int, int],
        taxonomy: Taxonomy,
        filed: Mapping[Facet, Collection[int]],
    ):
        super().__init__(data, initial={"bases": " ".join(f"{number}.{base}" for number, base in bases.items())})
        self.taxonomy, offered = taxonomy, select_offered(taxonomy, {})
        carried = {facet: [term for term in taxonomy.by_facet[facet] if term.id in filed[facet]] for facet in Facet}
        self.fields["add"] = TermsField(taxonomy, offered, label="Ajouter")
        removal = TermsField(taxonomy, carried, label="Retirer", implies=False)
        removal.error_messages["invalid_choice"] = "Aucune de ces fiches n’est classée sous un terme à retirer."
        self.fields["remove"] = removal

    def clean(self) -> None:
        """Refuse a change of nothing, and one that both adds and removes a term."""
        if self.errors:
            return
        if self.change.is_empty:
            raise forms.ValidationError(
                "Choisissez au moins un terme à ajouter ou à retirer, ou une question à remplacer."
            )
        both = [
            term.label
            for term in self.taxonomy.terms
            if term.id in self.change.added[term.facet] & self.change.removed[term.facet]
        ]
        if both:
            named = ", ".join(f"«\u00a0{label}\u00a0»" for label in both)
            raise forms.ValidationError(f"À la fois à ajouter et à retirer\u00a0: {named}. Choisissez.")

    @property
    def change(self) -> FilingChange:
        """The change that was asked for; its fields must be valid."""
        nothing: Filing = {facet: frozenset() for facet in Facet}
        added, removed = (self.cleaned_data[name] or nothing for name in ("add", "remove"))
        return FilingChange(added, removed, frozenset(self.cleaned_data["replace"]))

    @property
    def change_key(self) -> str:
        """A text that is equal for equal changes: what was previewed is what is applied."""
        change = self.change
        sides = (("+", change.added), ("-", change.removed))
        steps = (f"{sign}{facet}-{id}" for sign, terms in sides for facet in Facet for id in sorted(terms[facet]))
        return " ".join([*steps, *(f"={facet}" for facet in sorted(change.replaced))])

    @property
    def terms(self) -> SafeString:
        """The terms for the script that says what is implied."""
        return render_terms(self.taxonomy, self.taxonomy.terms)


def parse_bases(text: str) -> dict[int, int]:
    """Return the numbers of entries, each with that of the version that was seen, from « 12.3 15.1 »."""
    pairs = (re.fullmatch(r"([0-9]{1,17})\.([0-9]{1,9})", pair) for pair in text.split())
    return {int(pair[1]): int(pair[2]) for pair in pairs if pair}


class QuestionForm(forms.Form):
    """The question and the filing of one entry in a list of several, and the version on which they are based."""

    question = TextField(
        label="Question",
        max_length=QUESTION_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    base = VersionField()

    def __init__(self, head: Version, data: QueryDict | None = None, *, taxonomy: Taxonomy):
        self.taxonomy, content = taxonomy, content_of(head)
        initial = {"question": content.question, "base": head.number, "terms": taxonomy.reduce(content.filing)}
        super().__init__(data, initial=initial, prefix=f"q{head.entry_id}")
        label = f"Classement de la fiche {reference(head.entry_id)}"
        self.offered = select_offered(taxonomy, content.filing)
        self.fields["terms"] = TermsField(taxonomy, self.offered, label=label)

    def content(self, start: Content) -> Content:
        """Return the content that was typed over the one that the form started from; the form must be valid."""
        terms = self.cleaned_data["terms"]
        is_same = terms is None or terms == self.taxonomy.reduce(start.filing)
        filing = start.filing if is_same else terms
        return replace(start, question=self.cleaned_data["question"], filing=filing)

    def start_again_from(self, version: Version, merged: Merge | None = None) -> None:
        """Base what was typed on this version: the next save replaces what it says, now that the editor has seen it.

        With `merged`, what only the other editor changed is taken over.
        """
        self.data = self.data.copy()
        self.data[self.add_prefix("base")] = str(version.number)
        if merged:
            question = merged.question.text
            filing: Filing = {
                facet: terms.mine if terms.terms is None else terms.terms for facet, terms in merged.filing.items()
            }
            chosen = self.taxonomy.reduce(filing)
            keys = [f"{facet}-{id}" for facet, ids in chosen.items() for id in sorted(ids)]
            self.data.setlist(self.add_prefix("terms"), keys)
            if question is not None:
                self.data[self.add_prefix("question")] = question
