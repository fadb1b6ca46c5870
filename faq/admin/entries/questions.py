"""Questions in a row: imported answers come without one, and an editor gives them theirs one after the other."""

import copy
from dataclasses import dataclass, replace

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from faq.admin.display import filing_summary, link_to, person, state_badges
from faq.enums import Origin
from faq.forms import QuestionForm
from faq.models import Entry, Version
from faq.models.entries import number_of, reference
from faq.services.bulk import change_many
from faq.services.conflicts import StaleVersion
from faq.services.content import Content, EntryError, content_of
from faq.services.entries import edit_entry

PER_PAGE = 20
BEGINNING = 240
"""Characters of an answer that show before it is unfolded."""
UNTITLED = "travail=sans-question"
"""The filter of whoever comes without one."""


@dataclass(frozen=True)
class Row:
    """One entry of the list, the form of its question, and why what was typed could not be saved."""

    entry: Entry
    head: Version
    form: QuestionForm
    reason: str = ""
    theirs: Version | None = None
    """What somebody else saved meanwhile."""

    @property
    def badges(self) -> SafeString:
        """Where it stands."""
        return state_badges(self.entry)

    @property
    def filing(self) -> SafeString:
        """Where it is filed."""
        return filing_summary(self.entry)

    @property
    def beginning(self) -> str:
        """How the answer begins."""
        return Truncator(self.head.answer).chars(BEGINNING)

    @property
    def their_author(self) -> str:
        """Who saved meanwhile."""
        return person(self.theirs.author)


class QuestionList:
    """One request for the entries that the list's filters let through, twenty at a time."""

    def __init__(self, model_admin, request):
        self.admin = model_admin
        self.request = request
        self.typed: dict[int, QuestionForm] = {}
        """What was sent, by the entry's number."""
        self.refusals: dict[int, EntryError | None] = {}
        """Why a question was not saved; none where its form says so itself."""

    def respond(self):
        """Show the list, or save what was changed in it and show the rest."""
        if not self.admin.has_change_permission(self.request):
            raise PermissionDenied
        if self.request.method == "POST":
            self._save()
            if not self.refusals:
                return redirect(self.request.get_full_path())
        elif not self.request.GET:
            return redirect(f"{self.request.path}?{UNTITLED}")
        return self._show()

    def _save(self):
        """Save every changed question, each on its own; what is refused stays in its form."""
        self.typed = self._sent()
        contents, bases = self._changed()
        report = change_many(
            bases, self._writing(contents), "Questions saisies en liste", self.request.user, origin=Origin.LIST_EDIT
        )
        self._tell(report)

    def _sent(self):
        sent = {number_of(text) for text in self.request.POST.getlist("number")} - {None}
        numbers = Entry.objects.filter(pk__in=sent).order_by("pk").values_list("pk", flat=True)
        return {number: QuestionForm(self.request.POST, prefix=_prefix(number)) for number in numbers}

    def _changed(self):
        """Return what is to be written, and the versions that it starts from; note the forms that cannot be read."""
        self.refusals |= {number: None for number, form in self.typed.items() if not form.is_valid()}
        sent = {number: form.cleaned_data for number, form in self.typed.items() if form.is_valid()}
        bases = {number: data["base"] for number, data in sent.items()}
        versions = Version.objects.filter(entry__in=bases, number__in=bases.values())
        starts = {version.entry_id: version for version in versions if version.number == bases[version.entry_id]}
        contents = {}
        for number, data in sent.items():
            # Without its start the service refuses it: see Conflict.
            before = content_of(starts[number]) if number in starts else Content()
            if number not in starts or data["question"] != before.question:
                contents[number] = replace(before, question=data["question"])
        return contents, {number: bases[number] for number in contents}

    def _writing(self, contents):
        def write(number, provenance, *, base=None):
            try:
                return edit_entry(number, contents[number], provenance, base=base)
            except EntryError as refusal:
                self.refusals[number] = refusal
                raise

        return write

    def _tell(self, report):
        if report.changed:
            names = ", ".join(outcome.entry.reference for outcome in report.changed)
            batch = link_to("batch_change", report.batch.pk, f"lot {report.batch.pk}")
            number = len(report.changed)
            text = "{} question enregistrée : {} ({})." if number == 1 else "{} questions enregistrées : {} ({})."
            messages.success(self.request, format_html(text, number, names, batch))
        for theirs in (outcome.joined for outcome in report.changed if outcome.joined):
            joined = (
                f"Fiche {reference(theirs.entry_id)} : {person(theirs.author)} avait enregistré la version "
                f"{theirs.number} entre-temps ; votre question est réunie à ses changements."
            )
            messages.info(self.request, joined)
        if not report.changed and not self.refusals:
            messages.info(self.request, "Rien n’a changé : aucune question n’a été enregistrée.")

    def _show(self):
        changelist = self._changelist()
        refused = self.admin.get_queryset(self.request).filter(pk__in=self.refusals) if self.refusals else ()
        entries = [*refused, *(entry for entry in changelist.result_list if entry.pk not in self.refusals)]
        heads = Version.objects.select_related("author").in_bulk([entry.head_id for entry in entries])
        context = {
            **self.admin.admin_site.each_context(self.request),
            "opts": Entry._meta,
            "title": "Saisir les questions",
            "cl": changelist,
            "rows": [self._row(entry, heads[entry.head_id]) for entry in entries],
            "refused": len(self.refusals),
            "untitled": UNTITLED,
        }
        self.request.current_app = self.admin.admin_site.name
        return TemplateResponse(self.request, "admin/faq/entry/questions.html", context)

    def _row(self, entry, head):
        if entry.pk not in self.refusals:
            initial = {"question": head.question, "base": head.number}
            return Row(entry, head, QuestionForm(initial=initial, prefix=_prefix(entry.pk)))
        form, refusal = self.typed[entry.pk], self.refusals[entry.pk]
        theirs = refusal.theirs if isinstance(refusal, StaleVersion) else None
        if theirs:
            form.start_again_from(theirs)
        return Row(entry, head, form, str(refusal or ""), theirs)

    def _changelist(self):
        """Read the list of entries as its filters say; a page or a filter that does not exist is forgotten."""
        model_admin = copy.copy(self.admin)
        model_admin.list_per_page = model_admin.list_max_show_all = PER_PAGE
        try:
            return model_admin.get_changelist_instance(self.request)
        except IncorrectLookupParameters:
            self.request.GET = self.request.GET.copy()
            if not self.request.GET.pop(PAGE_VAR, None):
                self.request.GET = QueryDict(UNTITLED)
            return self._changelist()


def _prefix(number):
    return f"q{number}"


def questions(model_admin, request):
    """Answer with many entries and their questions."""
    return QuestionList(model_admin, request).respond()
