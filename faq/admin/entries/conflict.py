"""The page that asks an editor where their text and somebody else's contradict each other.

It carries the whole form along, as it was typed, so that nothing depends on scripts or on the session;
what is decided becomes an ordinary save, made from the other's version.
"""

from dataclasses import dataclass

from django import forms
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from faq.admin.display import person
from faq.domain.diff import diff_text, split_lines
from faq.domain.facets import Facet
from faq.domain.merge import MergedTerms, merge
from faq.models import Entry, Version
from faq.selectors.published import load_taxonomy
from faq.services.content import Content, InvalidContent, clean, content_of, one_line_end

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
    """Lines of a text: settled, or for the editor to decide, with what either did to them."""

    settled: str = ""
    theirs: tuple = ()
    mine: tuple = ()
    decision: forms.BoundField | None = None
    other: forms.BoundField | None = None


@dataclass(frozen=True)
class TermSets:
    """What either wants at a facet, in labels."""

    title: str
    base: str
    theirs: str
    mine: str
    decision: forms.BoundField


class DecisionForm(forms.Form):
    """One decision per stretch of text, and per facet, at which two editors are at odds."""

    def __init__(self, data, merged):
        super().__init__(data)
        self.merged = merged
        for name, text in (("question", merged.question), ("answer", merged.answer)):
            for rank, hunk in enumerate(text.hunks):
                if hunk.conflict:
                    self._ask_about_lines(name, rank, hunk)
        for facet, terms in merged.filing.items():
            if terms.conflict:
                self.fields[f"decide-{facet}"] = _decision(_term_choices(terms))

    def _ask_about_lines(self, name, rank, hunk):
        choices = [choice for choice in _CHOICES if choice != BOTH or (name == "answer" and hunk.theirs and hunk.mine)]
        self.fields[f"decide-{name}-{rank}"] = _decision({choice: _CHOICES[choice] for choice in choices})
        self.fields[f"other-{name}-{rank}"] = forms.CharField(
            label="Autre texte",
            required=False,
            strip=False,
            initial="\n".join(hunk.mine),
            widget=forms.Textarea(attrs={"rows": min(max(len(hunk.mine), 2), 12)}),
        )

    def content(self):
        """Return the text and filing as decided; the form is valid."""
        filing = {
            facet: self._terms(facet, terms) if terms.conflict else terms.terms
            for facet, terms in self.merged.filing.items()
        }
        question, answer = self._text("question", self.merged.question), self._text("answer", self.merged.answer)
        return Content(question, answer, filing)

    def _text(self, name, text):
        lines = []
        for rank, hunk in enumerate(text.hunks):
            lines += self._lines(name, rank, hunk) if hunk.conflict else hunk.merged
        return "\n".join(lines)

    def _lines(self, name, rank, hunk):
        match self.cleaned_data[f"decide-{name}-{rank}"]:
            case "mine":
                return hunk.mine
            case "theirs":
                return hunk.theirs
            case "both":
                return (*hunk.mine, *hunk.theirs)
            case _:
                return split_lines(one_line_end(self.cleaned_data[f"other-{name}-{rank}"]))

    def _terms(self, facet, terms):
        chosen = {MINE: terms.mine, THEIRS: terms.theirs, BOTH: terms.mine | terms.theirs}
        return chosen[self.cleaned_data[f"decide-{facet}"]]

    def stretches(self, name, text):
        """Return a text's stretches in reading order; nothing where there is nothing to decide in it."""
        return [self._stretch(name, rank, hunk) for rank, hunk in enumerate(text.hunks)] if text.conflict else []

    def _stretch(self, name, rank, hunk):
        if not hunk.conflict:
            return Stretch(settled="\n".join(hunk.merged).strip("\n"))
        base, theirs, mine = ("\n".join(lines) for lines in (hunk.base, hunk.theirs, hunk.mine))
        decision, other = self[f"decide-{name}-{rank}"], self[f"other-{name}-{rank}"]
        return Stretch(theirs=diff_text(base, theirs), mine=diff_text(base, mine), decision=decision, other=other)

    def term_sets(self, taxonomy):
        """Return the facets at which there is something to decide."""
        return [
            TermSets(
                capfirst(facet.label),
                *(_labels(taxonomy, facet, ids) for ids in (terms.base, terms.theirs, terms.mine)),
                self[f"decide-{facet}"],
            )
            for facet, terms in self.merged.filing.items()
            if terms.conflict
        ]


class ConflictPage:
    """One request for that page: to ask, or to read the decisions."""

    def __init__(self, model_admin, request, entry, form):
        self.admin = model_admin
        self.request = request
        self.entry = entry
        self.form = form
        """What was typed, valid."""
        self.taxonomy = load_taxonomy()

    def ask(self, base, theirs):
        """Show what both have written since their common version, and ask."""
        return self._show(base, theirs, DecisionForm(None, self._merged(base, theirs)))

    def answer(self):
        """Return what was decided as form data based on the other's version, and none; or none, and the page again.

        Data that do not come from this page are given back as they are: saving them asks again.
        """
        numbers = [self.request.POST.get(name, "") for name in ("base", "theirs")]
        versions = {
            str(version.number): version
            for version in Version.objects.select_related("author").filter(entry=self.entry, number__in=_known(numbers))
        }
        if any(number not in versions for number in numbers):
            return self.request.POST, None
        base, theirs = (versions[number] for number in numbers)
        try:
            decisions = DecisionForm(self.request.POST, self._merged(base, theirs))
        except InvalidContent:
            # The taxonomy changed under the page: the form says what no longer goes together.
            return self.request.POST, None
        if not decisions.is_valid():
            return None, self._show(base, theirs, decisions)
        return self._as_typed(decisions.content(), theirs), None

    def _merged(self, base, theirs):
        mine = clean(self.form.content([]), self.taxonomy)
        return merge(content_of(base), content_of(theirs), mine)

    def _as_typed(self, content, theirs):
        data = self.request.POST.copy()
        data["question"], data["answer"], data["base"] = content.question, content.answer, str(theirs.number)
        for facet, ids in content.filing.items():
            data.setlist(facet.value, [str(number) for number in sorted(ids)])
        return data

    def _show(self, base, theirs, decisions):
        merged = decisions.merged
        context = {
            **self.admin.admin_site.each_context(self.request),
            "opts": Entry._meta,
            "title": f"Fiche {self.entry.reference} : deux textes à réunir",
            "entry": self.entry,
            "base": base,
            "theirs": theirs,
            "author": person(theirs.author),
            "typed": self.form,
            "decisions": decisions,
            "question": decisions.stretches("question", merged.question),
            "answer": decisions.stretches("answer", merged.answer),
            "term_sets": decisions.term_sets(self.taxonomy),
            "pressed": next((name for name in ("_submit", "_publish") if name in self.request.POST), "_save"),
        }
        self.request.current_app = self.admin.admin_site.name
        return TemplateResponse(self.request, "admin/faq/entry/conflict.html", context)


def _decision(choices):
    return forms.ChoiceField(
        label="Que garder ?", choices=list(choices.items()), widget=forms.RadioSelect, error_messages=_UNDECIDED
    )


def _term_choices(terms: MergedTerms):
    # No term means all terms: to join « all » with something is to choose one of them.
    return {choice: label for choice, label in _TERM_CHOICES.items() if choice != BOTH or (terms.mine and terms.theirs)}


def _labels(taxonomy, facet: Facet, ids):
    return ", ".join(taxonomy.by_id[facet, number].label for number in sorted(ids)) or "transverse"


def _known(numbers):
    return [int(number) for number in numbers if number.isdecimal() and len(number) < 9]
