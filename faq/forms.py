"""The form on which editors write an entry."""

import re
from collections.abc import Iterable

from django import forms
from django.utils.text import capfirst

from faq.domain.facets import Facet, Filing, Taxonomy
from faq.models import Theme, Version
from faq.models.entries import QUESTION_MAX_LENGTH
from faq.services.content import Content, content_of, one_line_end

COMMENT_MAX_LENGTH = Version._meta.get_field("comment").max_length
THEME_MAX_LENGTH = Theme._meta.get_field("name").max_length

_HELP = {
    Facet.OFFER_TYPES: "Rien de coché : la fiche concerne tous les types d’offre.",
    Facet.COULOIRS: "Rien de coché : tous les couloirs. Un couloir entraîne son type d’offre.",
    Facet.DISPOSITIFS: "Rien de coché : tous les dispositifs. Un dispositif entraîne ses couloirs.",
    Facet.PRODUCTS: "Rien de coché : tous les produits et services.",
    Facet.THEMES: "Rien de coché : la fiche apparaît dans toutes les thématiques.",
}


class TextField(forms.CharField):
    """A text as it was typed: browsers write line ends as CRLF, and margins belong to it."""

    def __init__(self, **options):
        super().__init__(strip=False, required=False, **options)

    def to_python(self, value):
        """Give the text with LF at every line end, so that an untouched one is unchanged."""
        return one_line_end(super().to_python(value))


class EntryForm(forms.Form):
    """Text and filing of an entry, starting from its latest version, or from nothing for a new one."""

    question = TextField(
        label="Question",
        max_length=QUESTION_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"Telle qu’un visiteur la poserait. {QUESTION_MAX_LENGTH} caractères au plus.",
    )
    answer = TextField(
        label="Réponse",
        widget=forms.Textarea(attrs={"rows": 20}),
        help_text="Un retour à la ligne reste un retour à la ligne ; « - » en début de ligne fait une liste, "
        "**deux astérisques** mettent en gras, [texte](https://…) fait un lien, comme une adresse seule.",
    )
    new_themes = forms.CharField(
        label="Nouvelles thématiques",
        required=False,
        max_length=10 * THEME_MAX_LENGTH,
        help_text="Séparées par des virgules. Elles sont créées à l’enregistrement, et cochées.",
    )
    comment = forms.CharField(
        label="Commentaire de version",
        required=False,
        max_length=COMMENT_MAX_LENGTH,
        help_text="Facultatif : pourquoi ce changement. Visible des seuls rédacteurs, dans l’historique.",
    )
    base = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, taxonomy: Taxonomy, head: Version | None, may_name_themes: bool):
        self.content_before = content_of(head) if head else Content()
        super().__init__(data, initial=_initial(self.content_before, head))
        for facet in Facet:
            self.fields[facet.value] = _facet_field(facet, taxonomy, self.content_before.filing[facet])
        if head is None:
            del self.fields["base"]
        if not may_name_themes:
            del self.fields["new_themes"]

    def clean_new_themes(self) -> list[str]:
        """Split the names; each must fit its column."""
        names = [" ".join(name.split()) for name in re.split("[,;]", self.cleaned_data["new_themes"])]
        for name in names:
            if len(name) > THEME_MAX_LENGTH:
                raise forms.ValidationError(
                    f"« {name[:40]}… » est trop long : {THEME_MAX_LENGTH} caractères au plus par thématique."
                )
        return [name for name in names if name]

    def content(self, themes: Iterable[Theme]) -> Content:
        """Give what was typed, filed under newly named thématiques too; the form is valid."""
        filing: Filing = {facet: frozenset(self.cleaned_data[facet]) for facet in Facet}
        named = frozenset(theme.pk for theme in themes)
        return Content(
            self.cleaned_data["question"],
            self.cleaned_data["answer"],
            {**filing, Facet.THEMES: filing[Facet.THEMES] | named},
        )

    def start_again_from(self, version: Version) -> None:
        """Keep all that was typed; the next save replaces this version, knowingly."""
        self.data = self.data.copy()
        self.data["base"] = version.number

    @property
    def facets(self):
        """The bound fields of the five facets, in the order of the questions."""
        return [self[facet] for facet in Facet]


def _initial(content: Content, head: Version | None) -> dict[str, object]:
    filing = {facet.value: sorted(ids) for facet, ids in content.filing.items()}
    return {"question": content.question, "answer": content.answer, "base": head and head.number, **filing}


def _facet_field(facet: Facet, taxonomy: Taxonomy, filed: frozenset[int]) -> forms.TypedMultipleChoiceField:
    terms = [term for term in taxonomy.by_facet[facet] if not term.retired or term.id in filed]
    return forms.TypedMultipleChoiceField(
        label=capfirst(facet.label),
        choices=[(term.id, f"{term.label} (retiré)" if term.retired else term.label) for term in terms],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_HELP[facet],
        error_messages={"invalid_choice": "Un terme coché n’est plus proposé : il a été retiré entre-temps."},
    )
