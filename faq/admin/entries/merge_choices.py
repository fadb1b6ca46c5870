"""The choices of an editor who merges entries: which one stays, and what it will say."""

from dataclasses import dataclass
from functools import reduce

from django import forms
from django.db.models import Count, Q
from django.template.defaultfilters import pluralize
from django.utils.text import capfirst

from faq.admin.display import person_name, state_badges
from faq.domain.diff import diff_question, diff_text
from faq.domain.dropped_sentences import list_dropped
from faq.domain.facets import Facet
from faq.domain.limits import QUESTION_MAX_LENGTH, VERSION_COMMENT_MAX_LENGTH
from faq.domain.merge import combine_filings, combine_texts
from faq.domain.text import is_visible
from faq.forms import TextField, VersionField
from faq.models import Entry
from faq.services.content import Content, content_of

BOTH, OTHER, UNITED = "both", "other", "united"
_UNDECIDED = {"required": "Choisissez ce qu’il faut garder.", "invalid_choice": "Choisissez l’une des réponses."}
_TRANSVERSE = "transverse (concerne tous les termes)"


@dataclass(frozen=True)
class Side:
    """One of the entries to be merged, with the content of its latest version."""

    entry: Entry
    content: Content

    @property
    def number(self):
        """The entry's number."""
        return self.entry.pk

    @property
    def badges(self):
        """The badges of its state."""
        return state_badges(self.entry)

    @property
    def author(self):
        """The author of its latest version."""
        return person_name(self.entry.head.author)

    @property
    def survivor_rank(self):
        """The key by which the entry to keep comes first: a live one, then one that is cited often, then an old one."""
        return self.entry.live_id is None, -self.entry.passage_count, self.number


@dataclass(frozen=True)
class FacetRow:
    """The filing of each entry at a facet, and the choice between them; no choice where all agree."""

    title: str
    labels: list[tuple[str, str]]
    united: str
    choice: forms.BoundField | None


def read_sides(numbers):
    """Return the entries of these numbers that exist, in the order of their numbers."""
    passages = Count("passages", filter=Q(passages__dump__batch__undone_by=None))
    entries = Entry.objects.select_related("head__author", "live").annotate(passage_count=passages)
    return [Side(entry, content_of(entry.head)) for entry in entries.filter(pk__in=numbers).order_by("pk")]


class MergeForm(forms.Form):
    """One choice per field of what the surviving entry will say, and the versions that the editor has seen."""

    survivor = forms.ChoiceField(label="Quelle fiche reste ?", widget=forms.RadioSelect, error_messages=_UNDECIDED)
    question = forms.ChoiceField(label="Quelle question ?", widget=forms.RadioSelect, error_messages=_UNDECIDED)
    question_text = TextField(
        label="Autre question", widget=forms.Textarea(attrs={"rows": 2, "maxlength": QUESTION_MAX_LENGTH})
    )
    answer = forms.ChoiceField(label="Quelle réponse ?", widget=forms.RadioSelect, error_messages=_UNDECIDED)
    answer_text = TextField(label="Texte réuni, à retoucher", widget=forms.Textarea)
    comment = forms.CharField(
        label="Commentaire de version",
        required=False,
        max_length=VERSION_COMMENT_MAX_LENGTH,
        help_text="Facultatif : pourquoi cette fusion. Visible des seuls rédacteurs, dans l’historique.",
    )

    def __init__(self, data, sides, taxonomy):
        self.sides = sorted(sides, key=lambda side: side.survivor_rank)
        self.taxonomy = taxonomy
        self.united = combine_filings([side.content.filing for side in self.sides])
        self.joined = reduce(combine_texts, [side.content.answer for side in self.sides])
        super().__init__(data, initial=self._initial())
        self.fields["answer_text"].widget.attrs["rows"] = min(max(self.joined.count("\n") + 3, 6), 24)
        numbers = [(str(side.number), _survivor_label(side)) for side in sides]
        self.fields["survivor"].choices = numbers
        self.fields["question"].choices = [*_text_choices(sides, "question"), (OTHER, "Écrire une autre question :")]
        both = "Les deux" if len(sides) == 2 else "Toutes"
        self.fields["answer"].choices = [
            *_text_choices(sides, "answer"),
            (BOTH, f"{both}, réunies dans un texte que vous pouvez retoucher\u00a0:"),
        ]
        for facet in Facet:
            if self._differs(facet):
                self.fields[facet.value] = _facet_field(facet, sides)
        for side in sides:
            version = side.entry.head.number
            self.fields[_version_field(side)] = VersionField(initial=version)

    def _initial(self):
        best = str(self.sides[0].number)
        with_question = [str(side.number) for side in self.sides if side.content.question]
        # An answer that contains all lines of the others can stand for them.
        whole = [str(side.number) for side in self.sides if side.content.answer == self.joined]
        return {
            "survivor": best,
            "question": next(iter(with_question), best),
            "answer": next(iter(whole), best),
            "answer_text": self.joined,
            **dict.fromkeys(Facet, UNITED),
        }

    def clean(self):
        """Require the texts that were chosen to be written."""
        typed = super().clean()
        for name, choice in (("question", OTHER), ("answer", BOTH)):
            text = typed.get(f"{name}_text")
            if text is None:
                self.add_error(name, "Votre texte contient un caractère invisible illisible ; retapez-le.")
            elif typed.get(name) == choice and not is_visible(text):
                self.add_error(name, "Écrivez ce texte, ou gardez celui de l’une des fiches.")
        return typed

    @property
    def survivor_number(self):
        """The number of the entry that stays; the form must be valid."""
        return int(self.cleaned_data["survivor"])

    @property
    def bases(self):
        """The numbers of the versions that the editor has seen, by entry; the form must be valid."""
        return {side.number: self.cleaned_data[_version_field(side)] for side in self.sides}

    def content(self):
        """Return the text and filing of the surviving entry; the form must be valid."""
        return Content(
            self._chosen_text("question", OTHER),
            self._chosen_text("answer", BOTH),
            {facet: self._chosen_terms(facet) for facet in Facet},
        )

    def _chosen_text(self, name, typed):
        chosen = self.cleaned_data[name]
        return self.cleaned_data[f"{name}_text"] if chosen == typed else getattr(self._side(chosen).content, name)

    def _chosen_terms(self, facet):
        chosen = self.cleaned_data.get(facet.value, UNITED)
        return self.united[facet] if chosen == UNITED else self._side(chosen).content.filing[facet]

    def _side(self, chosen):
        return next(side for side in self.sides if str(side.number) == chosen)

    def _differs(self, facet):
        return len({side.content.filing[facet] for side in self.sides}) > 1

    @property
    def set_aside(self):
        """The texts that were typed and will not be used, because others are chosen; the form must be valid."""
        typed = self.cleaned_data
        question = typed["question_text"] if typed["question"] != OTHER else ""
        answer = typed["answer_text"] if typed["answer"] != BOTH else ""
        return [text for text in (question, answer) if is_visible(text) and text != self.joined]

    @property
    def dropped_by_answer(self):
        """The sentences that each choice of an answer no longer says, under its label; the joined text as it stands."""
        answers = [side.content.answer for side in self.sides]
        texts = {str(side.number): side.content.answer for side in self.sides}
        texts[BOTH] = self["answer_text"].value() or ""
        return [
            (str(label).rstrip(":\u00a0 "), list_dropped(answers, [texts[choice]]))
            for choice, label in self.fields["answer"].choices
        ]

    @property
    def columns(self):
        """The entries, the one that stays first, with the differences of the others."""
        chosen = self["survivor"].value()
        first = next((side for side in self.sides if str(side.number) == chosen), self.sides[0])
        others = (side for side in self.sides if side is not first)
        return [{"side": first, "compared": False}, *(_compare_column(first, side) for side in others)]

    @property
    def versions(self):
        """The hidden fields with the versions that the editor has seen."""
        return [self[_version_field(side)] for side in self.sides]

    @property
    def facets(self):
        """The facets, in screen order."""
        return [
            FacetRow(
                capfirst(facet.label),
                [(side.entry.reference, self._labels(facet, side.content.filing[facet])) for side in self.sides],
                self._labels(facet, self.united[facet]),
                self[facet.value] if facet.value in self.fields else None,
            )
            for facet in Facet
        ]

    def _labels(self, facet, ids):
        return ", ".join(self.taxonomy.by_id[facet, number].label for number in sorted(ids)) or _TRANSVERSE


def _compare_column(first, side):
    """Return a column that compares what one entry says with what the first says."""
    return {
        "side": side,
        "compared": True,
        "question": diff_question(first.content.question, side.content.question),
        "answer": diff_text(first.content.answer, side.content.answer),
        "same": first.content.answer == side.content.answer,
    }


def _text_choices(sides, field):
    """Return the choices between the texts of the entries, naming those that say the same."""
    firsts = {}
    for side in sides:
        first = firsts.setdefault(getattr(side.content, field), side)
        same = f" (la même que {first.entry.reference})" if first is not side else ""
        empty = "" if getattr(side.content, field) else " (vide)"
        yield str(side.number), f"Garder celle de {side.entry.reference}{empty or same}"


def _facet_field(facet, sides):
    choices = [(UNITED, "Réunir"), *((str(side.number), f"Comme {side.entry.reference}") for side in sides)]
    return forms.ChoiceField(
        label=capfirst(facet.label), choices=choices, widget=forms.RadioSelect, error_messages=_UNDECIDED
    )


def _survivor_label(side):
    entry, question = side.entry, side.content.question or "(sans question)"
    cited = f"{entry.passage_count} passage{pluralize(entry.passage_count)} d’extraction"
    return f"{entry.reference} {question} ({entry.get_status_display()}, {cited})"


def _version_field(side):
    return f"version-{side.number}"
