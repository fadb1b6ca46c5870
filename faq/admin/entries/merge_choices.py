"""What an editor chooses when entries are merged: which one stays, and what it will say."""

from dataclasses import dataclass
from functools import reduce

from django import forms
from django.db.models import Count, Q
from django.template.defaultfilters import pluralize
from django.utils.text import capfirst

from faq.admin.display import person, state_badges
from faq.domain.diff import diff_line, diff_text
from faq.domain.facets import Facet
from faq.domain.merge import combine_filings, combine_texts
from faq.forms import COMMENT_MAX_LENGTH, TextField
from faq.models import Entry
from faq.models.entries import QUESTION_MAX_LENGTH
from faq.services.content import Content, content_of

BOTH, OTHER, UNITED = "both", "other", "united"
_UNDECIDED = {"required": "Choisissez ce qu’il faut garder.", "invalid_choice": "Choisissez l’une des réponses."}
_TRANSVERSE = "transverse (concerne tous les termes)"


@dataclass(frozen=True)
class Side:
    """One of the entries to be merged, and what it says in its latest version."""

    entry: Entry
    content: Content

    @property
    def number(self):
        """The entry's number."""
        return self.entry.pk

    @property
    def badges(self):
        """Where it stands."""
        return state_badges(self.entry)

    @property
    def author(self):
        """Who wrote what it says."""
        return person(self.entry.head.author)

    @property
    def merit(self):
        """What makes it the one to stay, the smallest being the best: live, cited often, old."""
        return self.entry.live_id is None, -self.entry.passage_count, self.number


@dataclass(frozen=True)
class FacetRow:
    """Where each entry is filed at a facet, and the choice between these; none where all agree."""

    title: str
    labels: list[tuple[str, str]]
    united: str
    choice: forms.BoundField | None


def sides_of(numbers):
    """Read the entries of these numbers, in the order of their numbers; what does not exist is left out."""
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
        max_length=COMMENT_MAX_LENGTH,
        help_text="Facultatif : pourquoi cette fusion. Visible des seuls rédacteurs, dans l’historique.",
    )

    def __init__(self, data, sides, taxonomy):
        self.sides = sorted(sides, key=lambda side: side.merit)
        self.taxonomy = taxonomy
        self.united = combine_filings([side.content.filing for side in self.sides])
        self.joined = reduce(combine_texts, [side.content.answer for side in self.sides])
        super().__init__(data, initial=self._initial())
        self.fields["answer_text"].widget.attrs["rows"] = min(max(self.joined.count("\n") + 3, 6), 24)
        numbers = [(str(side.number), _named(side)) for side in sides]
        self.fields["survivor"].choices = numbers
        self.fields["question"].choices = [*_kept(sides, "question"), (OTHER, "Écrire une autre question :")]
        both = "Les deux" if len(sides) == 2 else "Toutes"
        self.fields["answer"].choices = [
            *_kept(sides, "answer"),
            (BOTH, f"{both}, dans un texte qui tient leurs lignes et que vous pouvez retoucher :"),
        ]
        for facet in Facet:
            if self._differs(facet):
                self.fields[facet.value] = _facet_choice(facet, sides)
        for side in sides:
            self.fields[_version(side)] = forms.IntegerField(widget=forms.HiddenInput, initial=side.entry.head.number)

    def _initial(self):
        best = str(self.sides[0].number)
        with_question = [str(side.number) for side in self.sides if side.content.question]
        # An answer that holds all lines of the others is theirs too.
        whole = [str(side.number) for side in self.sides if side.content.answer == self.joined]
        return {
            "survivor": best,
            "question": next(iter(with_question), best),
            "answer": next(iter(whole), best),
            "answer_text": self.joined,
            **dict.fromkeys(Facet, UNITED),
        }

    def clean(self):
        """Ask for the text that was to be written and is not there."""
        typed = super().clean()
        for name, choice in (("question", OTHER), ("answer", BOTH)):
            text = typed.get(f"{name}_text")
            if text is None:
                self.add_error(name, "Votre texte contient un caractère invisible illisible ; retapez-le.")
            elif typed.get(name) == choice and not text.strip():
                self.add_error(name, "Écrivez ce texte, ou gardez celui de l’une des fiches.")
        return typed

    @property
    def kept(self):
        """The number of the entry that stays; the form is valid."""
        return int(self.cleaned_data["survivor"])

    @property
    def bases(self):
        """The versions that the editor has seen, by entry; the form is valid."""
        return {side.number: self.cleaned_data[_version(side)] for side in self.sides}

    def content(self):
        """Return what the surviving entry will say; the form is valid."""
        return Content(
            self._text("question", OTHER),
            self._text("answer", BOTH),
            {facet: self._terms(facet) for facet in Facet},
        )

    def _text(self, name, typed):
        chosen = self.cleaned_data[name]
        return self.cleaned_data[f"{name}_text"] if chosen == typed else getattr(self._side(chosen).content, name)

    def _terms(self, facet):
        chosen = self.cleaned_data.get(facet.value, UNITED)
        return self.united[facet] if chosen == UNITED else self._side(chosen).content.filing[facet]

    def _side(self, chosen):
        return next(side for side in self.sides if str(side.number) == chosen)

    def _differs(self, facet):
        return len({side.content.filing[facet] for side in self.sides}) > 1

    @property
    def set_aside(self):
        """What was typed and will not be used, because another text is chosen; the form is valid."""
        typed = self.cleaned_data
        question = typed["question_text"] if typed["question"] != OTHER else ""
        answer = typed["answer_text"] if typed["answer"] != BOTH else ""
        return [text for text in (question, answer) if text.strip() and text != self.joined]

    @property
    def columns(self):
        """The entries, the one that stays first, with what the others say differently."""
        chosen = self["survivor"].value()
        first = next((side for side in self.sides if str(side.number) == chosen), self.sides[0])
        others = (side for side in self.sides if side is not first)
        return [{"side": first, "compared": False}, *(_against(first, side) for side in others)]

    @property
    def versions(self):
        """The hidden fields that say what the editor has seen."""
        return [self[_version(side)] for side in self.sides]

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


def _against(first, side):
    """Compare what one entry says with what the first says."""
    return {
        "side": side,
        "compared": True,
        "question": _question_lines(first.content.question, side.content.question),
        "answer": diff_text(first.content.answer, side.content.answer),
        "same": first.content.answer == side.content.answer,
    }


def _question_lines(first, other):
    return [diff_line(first, other)] if first and other else diff_text(first, other)


def _kept(sides, field):
    """Return the choices between what the entries say, naming those that say the same."""
    firsts = {}
    for side in sides:
        first = firsts.setdefault(getattr(side.content, field), side)
        same = f" (la même que {first.entry.reference})" if first is not side else ""
        empty = "" if getattr(side.content, field) else " (vide)"
        yield str(side.number), f"Garder celle de {side.entry.reference}{empty or same}"


def _facet_choice(facet, sides):
    choices = [(UNITED, "Réunir"), *((str(side.number), f"Comme {side.entry.reference}") for side in sides)]
    return forms.ChoiceField(
        label=capfirst(facet.label), choices=choices, widget=forms.RadioSelect, error_messages=_UNDECIDED
    )


def _named(side):
    entry, question = side.entry, side.content.question or "(sans question)"
    cited = f"{entry.passage_count} passage{pluralize(entry.passage_count)}"
    return f"{entry.reference} {question} ({entry.get_status_display()}, {cited})"


def _version(side):
    return f"version-{side.number}"
