"""« Saisir les questions »: imported answers come without a question; an editor types them one after the other."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from faq.admin.display import filing_summary, link_to, person_name, state_badges
from faq.admin.pages import AdminPage
from faq.enums import Origin
from faq.filters import EntryFilters
from faq.forms import QuestionForm
from faq.models import Entry, Version
from faq.models.entries import number_of, reference
from faq.services.bulk import change_many
from faq.services.conflicts import StaleVersion
from faq.services.content import Content, EntryError, content_of
from faq.services.entries import edit_entry

PER_PAGE = 20
BEGINNING = 240
"""Characters of an answer that are shown before it is unfolded."""
UNTITLED = "travail=sans-question"
"""The filters of the page where the address has none."""


@dataclass(frozen=True)
class QuestionRow:
    """An entry of the list, the form of its question, and the reason why that could not be saved."""

    entry: Entry
    head: Version
    form: QuestionForm
    reason: str = ""
    theirs: Version | None = None
    """The version that somebody else saved meanwhile."""

    @property
    def badges(self) -> SafeString:
        """The badges of its state."""
        return state_badges(self.entry)

    @property
    def filing(self) -> SafeString:
        """The terms under which it is filed."""
        return filing_summary(self.entry)

    @property
    def beginning(self) -> str:
        """The beginning of the answer."""
        return Truncator(self.head.answer).chars(BEGINNING)

    @property
    def their_author(self) -> str:
        """The author of that version."""
        return person_name(self.theirs.author)


class QuestionsPage(AdminPage):
    """The entries that the list's filters let through, twenty at a time, each with a field for its question."""

    template_name = "admin/faq/entry/questions.html"
    title = "Saisir les questions"
    body_class = "question-page"

    def dispatch(self, request, *args):
        """Start with nothing sent."""
        self.sent_forms: dict[int, QuestionForm] = {}
        """The forms that were sent, by the number of the entry."""
        self.refusals: dict[int, EntryError | None] = {}
        """The reasons why questions were not saved; None where the form itself says why."""
        return super().dispatch(request, *args)

    def has_permission(self):
        """Return whether the account may change entries."""
        return self.model_admin.has_change_permission(self.request)

    def get(self, request):
        """Show the list; without filters, that of the entries without question."""
        return super().get(request) if request.GET else redirect(f"{request.path}?{UNTITLED}")

    def post(self, request):
        """Save every changed question, each on its own; what is refused stays in its form."""
        self._save()
        return self.render() if self.refusals else self.reload()

    def get_trail(self):
        """Lead back to the list with the same filters."""
        application, (label, address) = super().get_trail()
        return [application, (label, f"{address}?{self.request.GET.urlencode()}")]

    def _save(self):
        self.sent_forms = self._read_sent_forms()
        contents, bases = self._changed()
        report = change_many(
            bases, self._writing(contents), "Questions saisies en liste", self.request.user, origin=Origin.LIST_EDIT
        )
        self._report(report)

    def _read_sent_forms(self):
        sent = {number_of(text) for text in self.request.POST.getlist("number")} - {None}
        numbers = Entry.objects.filter(pk__in=sent).order_by("pk").values_list("pk", flat=True)
        return {number: QuestionForm(self.request.POST, prefix=_prefix(number)) for number in numbers}

    def _changed(self):
        """Return the contents to be written and the versions they start from; note the forms that are not valid."""
        self.refusals |= {number: None for number, form in self.sent_forms.items() if not form.is_valid()}
        sent = {number: form.cleaned_data for number, form in self.sent_forms.items() if form.is_valid()}
        bases = {number: data["base"] for number, data in sent.items()}
        versions = Version.objects.filter(entry__in=bases, number__in=bases.values())
        starts = {version.entry_id: version for version in versions if version.number == bases[version.entry_id]}
        contents = {}
        for number, data in sent.items():
            # The service refuses a change whose base does not exist.
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

    def _report(self, report):
        if report.changed:
            names = ", ".join(outcome.entry.reference for outcome in report.changed)
            batch = link_to("batch_change", report.batch.pk, f"lot {report.batch.pk}")
            number = len(report.changed)
            text = "{} question enregistrée : {} ({})." if number == 1 else "{} questions enregistrées : {} ({})."
            messages.success(self.request, format_html(text, number, names, batch))
        for theirs in (outcome.joined for outcome in report.changed if outcome.joined):
            joined = (
                f"Fiche {reference(theirs.entry_id)} : {person_name(theirs.author)} avait enregistré la version "
                f"{theirs.number} entre-temps ; votre question est réunie à ses changements."
            )
            messages.info(self.request, joined)
        if not report.changed and not self.refusals:
            messages.info(self.request, "Rien n’a changé : aucune question n’a été enregistrée.")

    def get_context(self):
        """Add the refused entries, then those of the list."""
        entries = self.model_admin.get_queryset(self.request).order_by("-pk")
        found = EntryFilters(self.request.GET, entries.matching(self.request.GET.get("q", ""))).qs
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
        refused = entries.filter(pk__in=self.refusals) if self.refusals else ()
        shown = [*refused, *(entry for entry in page if entry.pk not in self.refusals)]
        heads = Version.objects.select_related("author").in_bulk([entry.head_id for entry in shown])
        return super().get_context(
            page=page,
            rows=[self._build_row(entry, heads[entry.head_id]) for entry in shown],
            refused=len(self.refusals),
            untitled=UNTITLED,
        )

    def _build_row(self, entry, head):
        if entry.pk not in self.refusals:
            initial = {"question": head.question, "base": head.number}
            return QuestionRow(entry, head, QuestionForm(initial=initial, prefix=_prefix(entry.pk)))
        form, refusal = self.sent_forms[entry.pk], self.refusals[entry.pk]
        theirs = refusal.theirs if isinstance(refusal, StaleVersion) else None
        if theirs:
            form.start_again_from(theirs)
        return QuestionRow(entry, head, form, str(refusal or ""), theirs)


def _prefix(number):
    return f"q{number}"
