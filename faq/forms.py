"""The forms with which editors write entries, plan them, and declare events."""

import re
from collections.abc import Callable, Iterable

from django import forms
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from faq.domain.facets import Facet, Filing, FilingContradiction, Taxonomy, Term
from faq.domain.limits import (
    ADDRESS_NUMBER_MAX_DIGITS,
    ANSWER_MAX_LENGTH,
    NEW_THEMES_MAX,
    QUESTION_MAX_LENGTH,
    REASON_MAX_LENGTH,
    VERSION_COMMENT_MAX_LENGTH,
)
from faq.domain.markup.media import SCHEME
from faq.models import Theme, Version
from faq.models.taxonomy import check_label_is_readable
from faq.services.content import Content, content_of, describe_long_answer, normalize_line_ends
from faq.services.media_uses import find_unknown_names
from faq.services.schedules import PAST_MOMENT
from faq.term_widgets import TermBoxes, name_term, render_terms, select_offered

THEME_MAX_LENGTH = Theme._meta.get_field("name").max_length

_HELP = {
    Facet.OFFER_TYPES: "Rien de coché : la fiche concerne tous les types d’offre.",
    Facet.COULOIRS: "Rien de coché : tous les couloirs, ou ceux des dispositifs cochés. "
    "Un couloir entraîne son type d’offre.",
    Facet.DISPOSITIFS: "Rien de coché : tous les dispositifs. Un dispositif entraîne ses couloirs.",
    Facet.PRODUCTS: "Rien de coché : tous les produits et services. Un produit entraîne ses types d’offre, "
    "sauf si l’un d’eux est coché ou découle d’un couloir.",
    Facet.THEMES: "Rien de coché : la fiche apparaît dans toutes les thématiques.",
}


class TextField(forms.CharField):
    """A text exactly as it was typed, surrounding spaces included."""

    def __init__(self, **options):
        super().__init__(strip=False, required=False, **options)

    def to_python(self, value):
        """Return the text with LF line ends: browsers send CRLF, which would make an untouched text look changed."""
        return normalize_line_ends(super().to_python(value))


class VersionField(forms.IntegerField):
    """The number of the version that a form showed; one that no table can hold is refused as what is no number."""

    widget = forms.HiddenInput
    default_error_messages = {
        "required": "La version de départ manque\u00a0; rechargez la page, puis recommencez.",
        "invalid": "La version de départ est illisible\u00a0; rechargez la page, puis recommencez.",
    }

    def to_python(self, value):
        """Return the number, or None where the field is empty."""
        number = super().to_python(value)
        if number is not None and not 0 <= number < 10**ADDRESS_NUMBER_MAX_DIGITS:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class AnswerField(TextField):
    """An answer, or a text with its markup, up to the limit, which refers to files that exist.

    The browser is not told of the limit: it would silently cut what is pasted.
    """

    widget = forms.Textarea

    def __init__(self, *, describe_excess: Callable[[str], str], **options):
        self.describe_excess = describe_excess
        super().__init__(**options)

    def validate(self, value):
        """Refuse a text above the limit."""
        super().validate(value)
        if len(value) > ANSWER_MAX_LENGTH:
            raise forms.ValidationError(self.describe_excess(value))
        if unknown := find_unknown_names(value):
            raise forms.ValidationError([_describe_unknown_file(name) for name in unknown])


def bounded_text(field: forms.BoundField) -> str:
    """Return the text of a field up to the limit of answers, whether it is valid or not, for its preview."""
    return normalize_line_ends(field.value() or "")[:ANSWER_MAX_LENGTH]


def _describe_unknown_file(name: str) -> str:
    return (
        f"Aucun fichier ne porte le nom «\u00a0{SCHEME}{name}\u00a0»\u00a0: il a été supprimé, ou il est mal recopié. "
        "Insérez de nouveau l’image ou le document, ou retirez ce passage."
    )


class EntryForm(forms.Form):
    """Text and filing of an entry, based on its latest version, or on nothing for a new one."""

    question = TextField(
        label="Question",
        max_length=QUESTION_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"Telle qu’un visiteur la poserait. {QUESTION_MAX_LENGTH} caractères au plus.",
    )
    answer = AnswerField(
        label="Réponse",
        describe_excess=describe_long_answer,
        widget=forms.Textarea(attrs={"rows": 20}),
        help_text="Un retour à la ligne reste un retour à la ligne ; « - » en début de ligne fait une liste, "
        "**deux astérisques** mettent en gras, [texte](https://…) fait un lien, comme une adresse seule ou une "
        "référence (Q-12). La barre fait aussi les sous-titres, les citations et les tableaux, "
        "où Tab passe à la case suivante et ajoute une ligne après la dernière\u00a0; un texte collé d’un document "
        "ou d’un site garde sa mise en forme (Ctrl+Maj+V\u00a0: le texte seul).",
    )
    new_themes = forms.CharField(
        label="Nouvelles thématiques",
        required=False,
        max_length=NEW_THEMES_MAX * (THEME_MAX_LENGTH + 2),
        help_text="Séparées par des virgules. Elles sont créées à l’enregistrement, et cochées.",
    )
    comment = forms.CharField(
        label="Commentaire de version",
        required=False,
        max_length=VERSION_COMMENT_MAX_LENGTH,
        help_text="Facultatif : pourquoi ce changement. Visible des seuls rédacteurs, dans l’historique.",
    )
    minor = forms.BooleanField(
        label="Correction mineure",
        required=False,
        help_text="Une faute de frappe, une espace : le sens ne change pas ; les votes restent acquis.",
    )
    base = VersionField()

    def __init__(self, data=None, *, taxonomy: Taxonomy, head: Version | None, may_name_themes: bool):
        self.taxonomy = taxonomy
        data = data and _with_survivors(data, taxonomy)
        self.content_before = content_of(head) if head else Content()
        chosen = taxonomy.reduce(self.content_before.filing)
        super().__init__(data, initial=_initial(self.content_before, chosen, head))
        self.offered = select_offered(taxonomy, self.content_before.filing)
        for facet in Facet:
            self.fields[facet.value] = _facet_field(facet, taxonomy, self.offered[facet])
        if head is None:
            del self.fields["base"], self.fields["minor"]
        if not may_name_themes:
            del self.fields["new_themes"]

    def clean_new_themes(self) -> list[str]:
        """Return the names: few of them, each short enough for its column."""
        names = _split_names(self.cleaned_data["new_themes"])
        if len(names) > NEW_THEMES_MAX:
            raise forms.ValidationError(
                f"{len(names)} nouvelles thématiques\u00a0: {NEW_THEMES_MAX} au plus à la fois. Retirez les autres, "
                "et créez-les dans un second enregistrement."
            )
        for name in names:
            check_label_is_readable(name)
            if len(name) > THEME_MAX_LENGTH:
                raise forms.ValidationError(
                    f"« {name[:40]}… » est trop long : {THEME_MAX_LENGTH} caractères au plus par thématique."
                )
        return names

    def content(self, themes: Iterable[Theme]) -> Content:
        """Return what was typed, filed under the given new thématiques too; the form must be valid."""
        filing: Filing = {facet: frozenset(self.cleaned_data[facet]) for facet in Facet}
        named = frozenset(theme.pk for theme in themes)
        return Content(
            self.cleaned_data["question"],
            self.cleaned_data["answer"],
            {**filing, Facet.THEMES: filing[Facet.THEMES] | named},
        )

    @property
    def answer_to_preview(self) -> str:
        """The answer as it was typed, up to the limit; the form may be invalid."""
        return bounded_text(self["answer"])

    @property
    def facets(self):
        """The bound fields of the five facets, in the order of the questions; what is implied is said, not ticked."""
        implied = self.taxonomy.find_implied({facet: self._ticked(facet) for facet in Facet})
        for facet in Facet:
            self.fields[facet].widget.implied = implied
        return [self[facet] for facet in Facet]

    @property
    def terms(self) -> SafeString:
        """The terms for the script that says what is implied."""
        return render_terms(self.taxonomy, [term for terms in self.offered.values() for term in terms])

    @property
    def filing(self) -> Filing:
        """The filing as the entry will have it; the form may be invalid, and a contradiction is returned as ticked."""
        ticked: Filing = {facet: self._ticked(facet) for facet in Facet}
        try:
            return self.taxonomy.complete(ticked)
        except FilingContradiction:
            return ticked

    @property
    def filed_under(self) -> list[tuple[str, list[str]]]:
        """The labels of each facet with terms, and of these terms, as the entry will be filed; the form may be invalid.

        Terms that contradict each other are returned as they were ticked.
        """
        filing = self.filing
        labels = {
            facet: [term.label for term in self.taxonomy.by_facet[facet] if term.id in filing[facet]] for facet in Facet
        }
        if "new_themes" in self.fields:
            labels[Facet.THEMES] += _split_names(self["new_themes"].value() or "")
        return [(capfirst(facet.label), named) for facet, named in labels.items() if named]

    def _ticked(self, facet: Facet) -> frozenset[int]:
        values = {str(value) for value in self[facet].value() or ()}
        return frozenset(term.id for term in self.taxonomy.by_facet[facet] if str(term.id) in values)


class ScheduleForm(forms.Form):
    """The moment, in Paris time, at which an entry is to be published or withdrawn."""

    due_at = forms.DateTimeField(
        label="Date et heure",
        help_text="Heure de Paris.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"],
        error_messages={
            "required": "Indiquez une date et une heure.",
            "invalid": "Date illisible : écrivez par exemple « 31/03/2027 08:30 ».",
        },
    )
    base = VersionField(
        error_messages={"required": "La version à publier manque ; rechargez la page, puis recommencez."},
    )

    def clean_due_at(self):
        """Refuse a moment that has passed."""
        due_at = self.cleaned_data["due_at"]
        if due_at <= timezone.now():
            raise forms.ValidationError(PAST_MOMENT)
        return due_at


class ReviewEventForm(forms.Form):
    """An event, and the branch of the taxonomy that it makes due for a review."""

    term = forms.ChoiceField(
        label="Branche",
        help_text="Toutes les fiches en ligne classées sous ce terme, ou sous ce qui en relève.",
        error_messages={"required": "Choisissez une branche.", "invalid_choice": "Ce terme n’existe plus."},
    )
    reason = forms.CharField(
        label="Raison",
        max_length=REASON_MAX_LENGTH,
        help_text="En une ligne : « nouvel arrêté ». Elle figure sur chacune de ces fiches.",
        widget=forms.TextInput(attrs={"size": 60}),
        error_messages={"required": "Donnez la raison : les rédacteurs la liront sur chaque fiche."},
    )
    happened_on = forms.DateField(
        label="Date de l’événement",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"required": "Indiquez une date.", "invalid": "Date illisible : écrivez « 31/03/2027 »."},
    )

    def __init__(self, data=None, *, taxonomy: Taxonomy):
        super().__init__(data)
        self.terms = {f"{term.facet}-{term.id}": term for term in taxonomy.terms}
        groups = [(capfirst(facet.label), self._choices(facet)) for facet in Facet]
        self.fields["term"].choices = [("", "Choisissez…"), *(group for group in groups if group[1])]

    def clean_term(self):
        """Return the term itself."""
        return self.terms[self.cleaned_data["term"]]

    def _choices(self, facet: Facet):
        return [(value, term.label) for value, term in self.terms.items() if term.facet is facet]


def _with_survivors(data, taxonomy: Taxonomy):
    """Return what a browser sent; terms that were merged since the form was opened give way to their survivors."""
    if not taxonomy.survivors:
        return data
    sent = data.copy()
    for (facet, id), survivor in taxonomy.survivors.items():
        values = sent.getlist(facet) if hasattr(sent, "getlist") else list(sent.get(facet, ()))
        if str(id) in map(str, values):
            kept = [str(survivor) if str(value) == str(id) else value for value in values]
            sent.setlist(facet, kept) if hasattr(sent, "setlist") else sent.update({facet: kept})
    return sent


def _split_names(text: str) -> list[str]:
    names = (" ".join(name.split()) for name in re.split("[,;]", text))
    return [name for name in names if name]


def _initial(content: Content, chosen: Filing, head: Version | None) -> dict[str, object]:
    filing = {facet.value: sorted(ids) for facet, ids in chosen.items()}
    return {"question": content.question, "answer": content.answer, "base": head and head.number, **filing}


def _facet_field(facet: Facet, taxonomy: Taxonomy, terms: Iterable[Term]) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=capfirst(facet.label),
        choices=[(term.id, name_term(term)) for term in terms],
        coerce=int,
        required=False,
        widget=TermBoxes(facet, taxonomy),
        help_text=_HELP[facet],
        error_messages={"invalid_choice": "Un terme coché n’est plus proposé : il a été retiré entre-temps."},
    )
