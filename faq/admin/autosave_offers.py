"""Autosaved forms as their page offers them: when and where they were kept, and what they say."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone

from faq.admin.entries.differences import Difference, Differences, differences
from faq.domain.diff import Change, Line, diff_question, diff_text
from faq.domain.facets import Facet
from faq.domain.limits import ANSWER_MAX_LENGTH
from faq.domain.text import dates
from faq.enums import FormKind
from faq.forms import EntryForm
from faq.models import AutosavedForm, Entry, SitePage, Version
from faq.models.entries import number_of, reference
from faq.selectors.autosaves import link_to_form
from faq.selectors.published import load_taxonomy
from faq.services.content import normalize_line_ends

Texts = Sequence[tuple[str, Sequence[Line]]]
"""Texts, each with its name, compared with what is stored where something is."""


@dataclass(frozen=True)
class Offer:
    """An autosaved form that its page offers to take up, and what it says."""

    form: AutosavedForm
    is_same_browser: bool
    differences: Differences | None = None
    """Its differences from the latest version of an entry."""
    texts: Texts = ()
    base: int | None = None
    """The version that it started from, where the entry has a later one."""

    @property
    def says_something(self) -> bool:
        """Whether it holds anything that is not stored."""
        if self.differences is not None:
            return self.differences.any or bool(self.texts)
        lines = [line for _, text in self.texts for line in text]
        return not lines or any(line.change is not Change.UNCHANGED for line in lines)

    @property
    def changes(self) -> list[Difference]:
        """The fields of an entry that it changes."""
        found = self.differences
        return [one for one in (*found.text, *found.filing) if one.changed] if found else []

    @property
    def when(self) -> str:
        """The moment at which it was kept: the hour, and the day unless it is today."""
        return format_hour(self.form.saved_at)

    @property
    def address(self) -> str:
        """The address of the page that is filled in with it."""
        return link_to_form(self.form.address, self.form.key)


def build_offers(forms: Iterable[AutosavedForm], *, browser: uuid.UUID | None) -> list[Offer]:
    """Return what a page in this browser offers of these forms; those that say only what is stored are left out."""
    offers = [_build_offer(form, is_same_browser=form.browser == browser) for form in forms]
    return [offer for offer in offers if offer.says_something]


def format_hour(moment: datetime) -> str:
    """Return a moment as « 14 h 02 », after its day unless that is today."""
    local = timezone.localtime(moment)
    return dates.format_time(local) if local.date() == timezone.localdate() else f"le {dates.format_moment(local)}"


def _build_offer(form: AutosavedForm, *, is_same_browser: bool) -> Offer:
    typed = form.typed
    if form.kind == FormKind.ENTRY:
        entry = Entry.objects.select_related("head").filter(pk=number_of(form.subject)).first()
        head = entry.head if entry else None
        present, base = head or Version(number=0), number_of(typed.get("base", ""))
        changes = differences(present, _build_typed_version(typed, head), present)
        names = ["new_themes", "comment", *(name for name in typed if name.startswith("other-"))]
        overtaken = base if head and base != head.number else None
        return Offer(form, is_same_browser, changes, _list_texts(typed, names), overtaken)
    if form.kind == FormKind.PAGE:
        page = SitePage.objects.filter(pk=number_of(form.subject)).first()
        title, text = (page.title, page.text) if page else ("", "")
        texts = [
            ("Titre", diff_question(title, _get(typed, "title").strip())),
            ("Texte", diff_text(text, _get(typed, "text").strip())),
        ]
        return Offer(form, is_same_browser, texts=texts)
    return Offer(form, is_same_browser, texts=_list_texts(typed, [name for name in typed if _is_text(name)]))


def _build_typed_version(typed: QueryDict, head: Version | None) -> Version:
    """Return what was typed as a version that is not stored."""
    form = EntryForm(typed, taxonomy=load_taxonomy(), head=head, may_name_themes=False)
    filing, by_facet = form.filing, form.taxonomy.by_facet
    labelled = {
        facet.value: [{"id": term.id, "label": term.label} for term in by_facet[facet] if term.id in filing[facet]]
        for facet in Facet
    }
    return Version(question=_get(typed, "question").strip(), answer=_get(typed, "answer").strip(), filing=labelled)


def _is_text(name: str) -> bool:
    return name.endswith(("_text", "-question")) or name.startswith(("comment", "note-")) or name == "answering"


def _list_texts(typed: QueryDict, names: Iterable[str]) -> Texts:
    texts = [(name, _get(typed, name)) for name in names]
    return [(_name_field(name), diff_text("", text)) for name, text in texts if text.strip()]


def _name_field(name: str) -> str:
    """Return what a field is called; those of lists bear the number of their entry."""
    number = number_of("".join(letter for letter in name if letter in "0123456789"))
    if number and name.startswith("comment-"):
        return f"Commentaire sur {reference(number)}"
    if number and name.endswith("-question"):
        return f"Question de {reference(number)}"
    if name.startswith("note-"):
        return "Note"
    return {
        "comment": "Commentaire de version",
        "new_themes": "Nouvelles thématiques",
        "question_text": "Autre question",
        "answer_text": "Texte réuni",
        "answering": "Fiche qui répond",
    }.get(name, "Autre texte")


def _get(typed: QueryDict, name: str) -> str:
    """Return a text up to the limit of answers, as a page can show it."""
    return normalize_line_ends(typed.get(name, ""))[:ANSWER_MAX_LENGTH].replace("\0", "\ufffd")
