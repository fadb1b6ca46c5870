"""« Classer »: one change to the filing of the entries ticked in the list, or of all that its filters let through."""

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect

from faq.admin.bulk_messages import add_bulk_messages
from faq.admin.entries.selection import get_list_address, read_selected_entries, read_selection
from faq.admin.pages import AdminPage
from faq.domain.facets import Facet
from faq.domain.limits import FILED_AT_ONCE_MAX, format_number
from faq.filing_forms import FilingForm, parse_bases
from faq.models import Entry
from faq.selectors.published import load_taxonomy
from faq.services.filing import LABEL, file_entries

_ROWS_SHOWN = 100
"""Entries whose change the preview shows one by one; the others are counted."""
_REFUSALS_SHOWN = 50


@dataclass(frozen=True)
class FilingStep:
    """A term that an entry gains or loses."""

    label: str
    facet: str
    is_added: bool
    is_implied: bool


@dataclass(frozen=True)
class FilingRow:
    """An entry of the preview, and what changes."""

    entry: Entry
    steps: list[FilingStep]


class FilingPage(AdminPage):
    """The page that says what a change does to each entry, and does it."""

    template_name = "admin/faq/entry/filing.html"
    title = "Classer des fiches"
    breadcrumb = "Classer"
    body_class = "filing-page"

    def has_permission(self):
        """Return whether the account may change entries."""
        return self.model_admin.has_change_permission(self.request)

    def get_trail(self):
        """Lead back to the list with the same filters."""
        [(label, _)] = super().get_trail()
        return [(label, self._list_address)]

    def get(self, request):
        """Show the form for the entries that the address names."""
        numbers = read_selection(self.request.GET, FILED_AT_ONCE_MAX)
        if not numbers:
            messages.warning(request, "Cochez les fiches à classer, puis choisissez «\u00a0Classer…\u00a0».")
            return redirect(self._list_address)
        if len(numbers) > FILED_AT_ONCE_MAX:
            limit = format_number(FILED_AT_ONCE_MAX)
            count = format_number(len(numbers))
            messages.warning(request, f"{count} fiches\u00a0: {limit} au plus à la fois. Filtrez la liste davantage.")
            return redirect(self._list_address)
        return self._show(read_selected_entries(numbers))

    def post(self, request):
        """Show what the change does, or do it."""
        bases = parse_bases(request.POST.get("bases", ""))
        if not bases or len(bases) > FILED_AT_ONCE_MAX:
            return self.get(request)
        entries = read_selected_entries(bases)
        form = self._build_form(entries, bases, request.POST)
        if not form.is_valid():
            return self._show(entries, form)
        known = {entry.pk: bases[entry.pk] for entry in entries}
        # Another change than the one that was shown is shown first.
        saves = "_save" in request.POST and request.POST.get("seen") == form.change_key
        with transaction.atomic():
            report = file_entries(known, form.change, request.user)
            # The preview is the real run, rolled back.
            transaction.set_rollback(not saves)
        if not saves or not report.changed:
            return self._show(entries, form, report)
        add_bulk_messages(request, LABEL, report)
        return redirect(self._list_address)

    @property
    def _list_address(self):
        return get_list_address(self.request.GET)

    def _build_form(self, entries, bases, data=None):
        filed = {facet: {one["id"] for entry in entries for one in entry.head.filing.get(facet, ())} for facet in Facet}
        return FilingForm(data, bases=bases, taxonomy=load_taxonomy(), filed=filed)

    def _show(self, entries, form=None, report=None):
        taxonomy = load_taxonomy()
        if form is None:
            form = self._build_form(entries, {entry.pk: entry.head.number for entry in entries})
        rows = [_build_row(refiling, taxonomy) for refiling in report.refilings[:_ROWS_SHOWN]] if report else []
        return self.render(
            form=form,
            entries=entries[:_ROWS_SHOWN],
            total=len(entries),
            live=sum(entry.live_id is not None for entry in entries),
            carried=_count_terms(entries),
            report=report,
            rows=rows,
            unnamed=len(report.refilings) - len(rows) if report else 0,
            refused=report.refused[:_REFUSALS_SHOWN] if report else (),
        )


def _count_terms(entries):
    """Return for each facet its label, and its terms with how many of the entries are filed there."""
    counts = {
        facet: Counter(one["label"] for entry in entries for one in entry.head.filing.get(facet, ())) for facet in Facet
    }
    return [(facet.label, counted.most_common()) for facet, counted in counts.items() if counted]


def _build_row(refiling, taxonomy):
    implied = taxonomy.find_implied(taxonomy.reduce(refiling.after))
    steps = []
    for facet in Facet:
        before, after = refiling.before.get(facet, frozenset()), refiling.after[facet]
        for term in taxonomy.by_facet[facet]:
            if (term.id in before) != (term.id in after):
                is_added = term.id in after
                steps.append(FilingStep(term.label, facet.label, is_added, (facet, term.id) in implied))
    return FilingRow(refiling.entry, steps)
