"""The page that asks an editor what to keep where their text and somebody else's contradict each other.

It carries the whole form of the entry as it was typed, so that nothing depends on scripts or on the session.
What is decided becomes an ordinary save, based on the other's version.
"""

from dataclasses import dataclass

from django import forms
from django.utils.text import capfirst

from faq.admin.display import person_name
from faq.domain.diff import diff_text, split_lines
from faq.domain.facets import Facet
from faq.domain.merge import MergedTerms, merge
from faq.forms import EntryForm
from faq.models import Version
from faq.services.content import Content, InvalidContent, clean, content_of, normalize_line_ends

MINE, THEIRS, BOTH, OTHER = "mine", "theirs", "both", "other"
_CHOICES = {
    MINE: "Garder le mien",
    THEIRS: "Prendre le sien",
    BOTH: "Garder les deux, le mien d’abord",
    OTHER: "Écrire autre chose :",
}
_TERM_CHOICES = {MINE: "Garder le mien", THEIRS: "Prendre le sien", BOTH: "Réunir les deux"}
_UNDECIDED = {"required": "Choisissez ce qu’il faut garder ici.", "invalid_choice": "Choisissez l’une des réponses."}


@dataclass(frozen=True)
class Stretch:
    """Lines of a text: settled, or to be decided, with what each editor did to them."""

    settled: str = ""
    theirs: tuple = ()
    mine: tuple = ()
    decision: forms.BoundField | None = None
    other: forms.BoundField | None = None


@dataclass(frozen=True)
class TermSets:
    """The terms that each editor wants at a facet, as labels."""

    title: str
    base: str
    theirs: str
    mine: str
    decision: forms.BoundField


class DecisionForm(forms.Form):
    """One decision for each stretch of text and each facet where two editors contradict each other."""

    def __init__(self, data, merged):
        super().__init__(data)
        self.merged = merged
        for name, text in (("question", merged.question), ("answer", merged.answer)):
            for rank, hunk in enumerate(text.hunks):
                if hunk.conflict:
                    self._add_text_decision(name, rank, hunk)
        for facet, terms in merged.filing.items():
            if terms.conflict:
                self.fields[f"decide-{facet}"] = _decision_field(_term_choices(terms))

    def _add_text_decision(self, name, rank, hunk):
        choices = [choice for choice in _CHOICES if choice != BOTH or (name == "answer" and hunk.theirs and hunk.mine)]
        self.fields[f"decide-{name}-{rank}"] = _decision_field({choice: _CHOICES[choice] for choice in choices})
        self.fields[f"other-{name}-{rank}"] = forms.CharField(
            label="Autre texte",
            required=False,
            strip=False,
            initial="\n".join(hunk.mine),
            widget=forms.Textarea(attrs={"rows": min(max(len(hunk.mine), 2), 12)}),
        )

    def content(self):
        """Return the text and filing as decided; the form must be valid."""
        filing = {
            facet: self._decided_terms(facet, terms) if terms.conflict else terms.terms
            for facet, terms in self.merged.filing.items()
        }
        question = self._decided_text("question", self.merged.question)
        answer = self._decided_text("answer", self.merged.answer)
        return Content(question, answer, filing)

    def _decided_text(self, name, text):
        lines = []
        for rank, hunk in enumerate(text.hunks):
            lines += self._decided_lines(name, rank, hunk) if hunk.conflict else hunk.merged
        return "\n".join(lines)

    def _decided_lines(self, name, rank, hunk):
        match self.cleaned_data[f"decide-{name}-{rank}"]:
            case "mine":
                return hunk.mine
            case "theirs":
                return hunk.theirs
            case "both":
                return (*hunk.mine, *hunk.theirs)
            case _:
                return split_lines(normalize_line_ends(self.cleaned_data[f"other-{name}-{rank}"]))

    def _decided_terms(self, facet, terms):
        chosen = {MINE: terms.mine, THEIRS: terms.theirs, BOTH: terms.mine | terms.theirs}
        return chosen[self.cleaned_data[f"decide-{facet}"]]

    def stretches(self, name, text):
        """Return the stretches of a text in reading order; none where the text has nothing to decide."""
        return [self._stretch(name, rank, hunk) for rank, hunk in enumerate(text.hunks)] if text.conflict else []

    def _stretch(self, name, rank, hunk):
        if not hunk.conflict:
            return Stretch(settled="\n".join(hunk.merged).strip("\n"))
        base, theirs, mine = ("\n".join(lines) for lines in (hunk.base, hunk.theirs, hunk.mine))
        decision, other = self[f"decide-{name}-{rank}"], self[f"other-{name}-{rank}"]
        return Stretch(theirs=diff_text(base, theirs), mine=diff_text(base, mine), decision=decision, other=other)

    def term_sets(self, taxonomy):
        """Return the facets that have something to decide."""
        return [
            TermSets(
                capfirst(facet.label),
                *(_labels(taxonomy, facet, ids) for ids in (terms.base, terms.theirs, terms.mine)),
                self[f"decide-{facet}"],
            )
            for facet, terms in self.merged.filing.items()
            if terms.conflict
        ]


@dataclass(frozen=True)
class ConflictPage:
    """A text that contradicts somebody else's, as the page shows it, and the decisions of its form."""

    typed: EntryForm
    """The form of the entry as it was sent, valid."""
    base: Version
    """The version from which both started."""
    theirs: Version
    decisions: DecisionForm

    template_name = "admin/faq/entry/conflict.html"

    @classmethod
    def ask(cls, typed, base, theirs):
        """Return the page that asks about a conflict which was just found."""
        return cls(typed, base, theirs, DecisionForm(None, _merge_with_typed(typed, base, theirs)))

    @classmethod
    def read(cls, typed, entry, data):
        """Return the page as it was answered, or None where the data do not come from it: saving them asks again."""
        numbers = [data.get(name, "") for name in ("base", "theirs")]
        versions = {
            str(version.number): version
            for version in entry.versions.select_related("author").filter(number__in=_parse_numbers(numbers))
        }
        if any(number not in versions for number in numbers):
            return None
        base, theirs = (versions[number] for number in numbers)
        try:
            return cls(typed, base, theirs, DecisionForm(data, _merge_with_typed(typed, base, theirs)))
        except InvalidContent:
            # The taxonomy has changed since: the form of the entry says what no longer goes together.
            return None

    def decided_data(self):
        """Return the data of the entry's form as decided, based on the other's version; the decisions are valid."""
        content, data = self.decisions.content(), self.typed.data.copy()
        data["question"], data["answer"], data["base"] = content.question, content.answer, str(self.theirs.number)
        for facet, ids in content.filing.items():
            data.setlist(facet.value, [str(number) for number in sorted(ids)])
        return data

    def get_context(self):
        """Return what the template shows."""
        merged = self.decisions.merged
        return {
            "body_class": "conflict-page",
            "breadcrumb": "Deux textes à réunir",
            "base": self.base,
            "theirs": self.theirs,
            "author": person_name(self.theirs.author),
            "typed": self.typed,
            "decisions": self.decisions,
            "problems": self.decisions.errors,
            "question": self.decisions.stretches("question", merged.question),
            "answer": self.decisions.stretches("answer", merged.answer),
            "term_sets": self.decisions.term_sets(self.typed.taxonomy),
            "pressed": next((name for name in ("_submit", "_publish") if name in self.typed.data), "_save"),
        }


def _merge_with_typed(typed, base, theirs):
    mine = clean(typed.content([]), typed.taxonomy)
    return merge(content_of(base), content_of(theirs), mine)


def _decision_field(choices):
    return forms.ChoiceField(
        label="Que garder ?", choices=list(choices.items()), widget=forms.RadioSelect, error_messages=_UNDECIDED
    )


def _term_choices(terms: MergedTerms):
    # No term means all terms: « all » and some terms cannot be joined, only chosen between.
    return {choice: label for choice, label in _TERM_CHOICES.items() if choice != BOTH or (terms.mine and terms.theirs)}


def _labels(taxonomy, facet: Facet, ids):
    return ", ".join(taxonomy.by_id[facet, number].label for number in sorted(ids)) or "transverse"


def _parse_numbers(numbers):
    return [int(number) for number in numbers if number.isdecimal() and len(number) < 9]
