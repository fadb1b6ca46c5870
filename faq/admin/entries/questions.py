"""« Saisir les questions »: imported answers come without question and filing; an editor gives both, in a row."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from faq.admin.bulk_messages import link_batch, link_entries
from faq.admin.display import filing_rows, link_to, person_name, state_badges
from faq.admin.entries.actions import SUBMIT
from faq.admin.entries.question_filters import SHOWN, QuestionFilters, order_by_dump
from faq.admin.entries.selection import selection_address
from faq.admin.pages import AdminPage
from faq.enums import Origin
from faq.filing_forms import QuestionForm
from faq.models import Entry, Version
from faq.models.entries import number_of, reference
from faq.selectors.entry_search import search_entries
from faq.selectors.published import load_taxonomy
from faq.services.bulk import change_many
from faq.services.conflicts import Conflict, StaleVersion
from faq.services.content import Content, EntryError, content_of
from faq.services.entries import edit_entry
from faq.term_widgets import render_terms
from faq.unsaved_text import DISCARD_BUTTON, delete_unsaved_text, get_unsaved_text

PER_PAGE = 20
BEGINNING = 240
"""Characters of an answer that are shown before it is unfolded."""
UNTITLED = "travail=sans-question"
"""The filters of the page where the address has none."""
NOT_YET_SAVED = "Tapé avant la reconnexion, et pas encore enregistré\u00a0: relisez, puis enregistrez."
TAKEN_UP = "Texte gardé, et pas encore enregistré\u00a0: relisez, puis enregistrez."
SAVE_NEXT = "_save_next"
"""The button that saves and shows the rows that follow."""


@dataclass(frozen=True)
class QuestionRow:
    """An entry of the list, the form of its question and filing, and the reason why that could not be saved."""

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
    def beginning(self) -> str:
        """The beginning of the answer."""
        return Truncator(self.head.answer).chars(BEGINNING)

    @property
    def their_author(self) -> str:
        """The author of that version."""
        return person_name(self.theirs.author)

    @property
    def their_filing(self) -> list[tuple[str, str]]:
        """The facets of that version, each with its terms."""
        return filing_rows(self.theirs.filing)


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
        """Show the list, after what could not be saved; without filters, that of the entries without question."""
        if not request.GET:
            return redirect(f"{request.path}?{UNTITLED}")
        if unsaved := get_unsaved_text(request):
            self._take_up(unsaved)
        return super().get(request)

    def post(self, request):
        """Save every changed row, each on its own; what is refused stays in its form."""
        if DISCARD_BUTTON in request.POST:
            delete_unsaved_text(request)
            messages.info(request, "Ce qui était gardé est abandonné\u00a0; aucune fiche n’a changé.")
            return self.reload()
        shown = [number_of(text) for text in request.POST.getlist("number")]
        self._save()
        if self.refusals:
            return self.render()
        delete_unsaved_text(request)
        return self._show_next(shown) if SAVE_NEXT in request.POST else self.reload()

    def get_trail(self):
        """Lead back to the list with the same filters."""
        [(label, address)] = super().get_trail()
        return [(label, f"{address}?{self.get_query().urlencode()}")]

    def _take_up(self, unsaved):
        """Show the rows that were typed before the session expired, or kept since, as rows that were not saved."""
        reason = TAKEN_UP if unsaved.autosave else NOT_YET_SAVED
        sent = self._read_sent_forms(unsaved.fields)
        self.sent_forms = {number: form for number, form in sent.items() if form.has_changed()}
        self.refusals = {number: EntryError(reason) for number in self.sent_forms}

    def _save(self):
        self.sent_forms = self._read_sent_forms(self.request.POST)
        contents, bases = self._changed()
        report = change_many(
            bases,
            self._writing(contents),
            "Questions et classement saisis en liste",
            self.request.user,
            origin=Origin.LIST_EDIT,
        )
        self._report(report)

    def _show_next(self, shown):
        """Return a redirect to the rows after those that were shown, as far as the list still has these."""
        listed = list(self._listed.values_list("pk", flat=True))
        before = [rank for rank, number in enumerate(listed, start=1) if number in set(shown)]
        page = Paginator(listed, PER_PAGE).get_page(self.request.GET.get("page"))
        # What left the list made room: the first row that was not shown stands after those that were.
        following = max(before, default=page.start_index() - 1 if listed else 0)
        query = self.get_query()
        query["page"] = following // PER_PAGE + 1
        if following >= len(listed):
            messages.info(self.request, "C’était la fin de la liste.")
            return self.reload()
        return redirect(f"{self.request.path}?{query.urlencode()}#row-{listed[following]}")

    def _read_sent_forms(self, fields):
        """Return the forms by the number of their entry, in the order in which they were sent."""
        sent = [number for number in dict.fromkeys(map(number_of, fields.getlist("number"))) if number is not None]
        found = Version.objects.filter(pk__in=Entry.objects.filter(pk__in=sent).values("head"))
        heads = {head.entry_id: head for head in found}
        return {
            number: QuestionForm(heads[number], fields, taxonomy=self.taxonomy) for number in sent if number in heads
        }

    def _changed(self):
        """Return the contents to be written and the versions they start from; note the forms that are not valid."""
        self.refusals |= {number: None for number, form in self.sent_forms.items() if not form.is_valid()}
        valid = {number: form for number, form in self.sent_forms.items() if form.is_valid()}
        bases = {number: form.cleaned_data["base"] for number, form in valid.items()}
        versions = Version.objects.filter(entry__in=bases, number__in=bases.values())
        starts = {version.entry_id: version for version in versions if version.number == bases[version.entry_id]}
        contents = {}
        for number, form in valid.items():
            # The service refuses a change whose base does not exist.
            before = content_of(starts[number]) if number in starts else Content()
            content = form.content(before)
            if number not in starts or content != before:
                contents[number] = content
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
            names = link_entries(outcome.entry.pk for outcome in report.changed)
            number = len(report.changed)
            text = "{} fiche enregistrée\u00a0: {}, {}{}" if number == 1 else "{} fiches enregistrées\u00a0: {}, {}{}"
            undo = link_batch(self.request, report.batch)
            messages.success(self.request, format_html(text, number, names, undo, self._lead_on(report)))
        for theirs in (outcome.joined for outcome in report.changed if outcome.joined):
            joined = (
                f"Fiche {reference(theirs.entry_id)}\u00a0: {person_name(theirs.author)} avait enregistré la version "
                f"{theirs.number} entre-temps\u00a0; votre saisie est réunie à ses changements."
            )
            messages.info(self.request, joined)
        if not report.changed and not self.refusals:
            messages.info(self.request, "Rien n’a changé\u00a0: aucune fiche n’a été enregistrée.")

    def _lead_on(self, report):
        """Return the link to what comes next for those who may submit: the batch offers it for what it changed."""
        if not self.request.user.has_perm(SUBMIT.right):
            return ""
        what = "Soumettre cette fiche" if len(report.changed) == 1 else "Soumettre ces fiches"
        return format_html(" {}", link_to("batch_change", report.batch.pk, f"{what} à la relecture…"))

    @cached_property
    def taxonomy(self):
        """All terms."""
        return load_taxonomy()

    @property
    def _entries(self):
        return self.model_admin.get_queryset(self.request).prefetch_related(None)

    @property
    def _filters(self):
        return QuestionFilters(self.request.GET, search_entries(self._entries, self.request.GET.get("q", "")))

    @property
    def _listed(self):
        """The entries of the list, in the order of the dumps."""
        filters = self._filters
        return order_by_dump(filters.qs, filters.chosen.get("extraction", ""))

    def get_context(self):
        """Add the refused entries in the order in which they were sent, then those of the list."""
        filters = self._filters
        listed = order_by_dump(filters.qs, filters.chosen.get("extraction", ""))
        page = Paginator(listed, PER_PAGE).get_page(self.request.GET.get("page"))
        found = self._entries.in_bulk(list(self.refusals)) if self.refusals else {}
        refused = [found[number] for number in self.sent_forms if number in self.refusals and number in found]
        shown = [*refused, *(entry for entry in page if entry.pk not in self.refusals)]
        heads = Version.objects.select_related("author").in_bulk([entry.head_id for entry in shown])
        rows = [self._build_row(entry, heads[entry.head_id]) for entry in shown]
        offered = {term for row in rows for terms in row.form.offered.values() for term in terms}
        return super().get_context(
            filters=filters,
            fields=filters.offer_fields(SHOWN),
            carried={name: value for name, value in filters.chosen.items() if name not in SHOWN},
            page=page,
            rows=rows,
            terms=render_terms(self.taxonomy, offered),
            refused=len(self.refusals),
            untitled=UNTITLED,
            assign_address=selection_address("assign", None, self.request.GET, back="questions"),
            unsaved=get_unsaved_text(self.request),
        )

    def _build_row(self, entry, head):
        if entry.pk not in self.refusals:
            return QuestionRow(entry, head, QuestionForm(head, taxonomy=self.taxonomy))
        form, refusal = self.sent_forms[entry.pk], self.refusals[entry.pk]
        theirs = refusal.theirs if isinstance(refusal, StaleVersion) else None
        if theirs:
            form.start_again_from(theirs, refusal.merge if isinstance(refusal, Conflict) else None)
        return QuestionRow(entry, head, form, str(refusal or ""), theirs)
