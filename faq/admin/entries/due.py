"""« À revoir »: the published answers that are to be checked again, the one that has been due for longest first."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from faq.admin.bulk_messages import list_refusals
from faq.admin.display import answer_html, filing_rows, pluralize_count
from faq.admin.entries.action_effects import ActionEffects
from faq.admin.entries.actions import CHECK
from faq.admin.entries.confirmation import ConfirmButton, do_or_describe, show_confirmation
from faq.admin.pages import AdminPage
from faq.enums import BatchKind
from faq.filters import DueFilters
from faq.models import Batch, Entry, ReviewEvent
from faq.models.entries import number_of
from faq.services.conflicts import NO_VERSION
from faq.services.content import EntryError
from faq.services.undo import take_back_checks
from faq.services.verifications import RIGHT, check_entries

PER_PAGE = 20
UNDO_OFFERED = timedelta(hours=1)
"""For how long the page itself offers to take the last checks back; the list of batches always does."""
_CHECK_SELECTED = "check-selected"


class DuePage(AdminPage):
    """The queue, where editors confirm that answers are still right."""

    template_name = "admin/faq/entry/due.html"
    breadcrumb = "À revoir"
    body_class = "review-page due-page"
    post_permission = RIGHT

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store the checks that were sent, or ask before, or take the last ones back."""
        asked = None
        if "undo" in request.POST:
            self._take_back(request.POST["undo"])
        elif "check" in request.POST:
            asked = self._check([request.POST["check"]], is_bulk=False)
        elif _CHECK_SELECTED in request.POST:
            asked = self._check(request.POST.getlist("selected"), is_bulk=True)
        return asked or self.reload()

    def _check(self, selected: Iterable[str], *, is_bulk: bool) -> HttpResponse | None:
        """Store that entries are still right, each as it was shown; of several, ask before."""
        sent = {number_of(text) for text in selected} - {None}
        numbers = Entry.objects.filter(pk__in=sent).values_list("pk", flat=True)
        seen = {number: number_of(self.request.POST.get(f"seen-{number}", "")) or NO_VERSION for number in numbers}
        if not seen:
            messages.warning(self.request, "Rien n’a été vérifié : cochez d’abord les fiches toujours exactes.")
            return None
        report = (
            do_or_describe(self.request, CHECK, seen, lambda: check_entries(seen, self.request.user))
            if is_bulk
            else check_entries(seen, self.request.user)
        )
        if isinstance(report, ActionEffects):
            label = CHECK.name_with(pluralize_count(len(report.changed), "fiche", "fiches"))
            return show_confirmation(
                self.model_admin, self.request, report, [ConfirmButton(_CHECK_SELECTED, "1", label)]
            )
        if report.refused:
            messages.error(self.request, list_refusals(report.refused))
        return None

    def _take_back(self, batch_number: str) -> None:
        """Take back the last checks of this person, if they are still those that the page showed."""
        batch = self._last_checks
        if batch is None or batch_number != str(batch.pk):
            messages.info(self.request, "Ces vérifications ont déjà été annulées, ou sont trop anciennes.")
            return
        try:
            take_back_checks(batch.pk, self.request.user)
            messages.success(self.request, "Vérifications annulées : les fiches sont de nouveau à revoir.")
        except EntryError as refusal:
            messages.error(self.request, str(refusal))

    @cached_property
    def _last_checks(self) -> Batch | None:
        """The last checks of this person that can be taken back on this page."""
        recent = timezone.now() - UNDO_OFFERED
        own = Batch.objects.filter(kind=BatchKind.CHECK, author=self.request.user, undone_by=None)
        return own.filter(created_at__gt=recent).order_by("-pk").first()

    @cached_property
    def total(self) -> int:
        """The length of the whole queue."""
        return Entry.objects.due(timezone.localdate()).count()

    def get_title(self) -> str:
        """Return the title, with the length of the queue."""
        return f"À revoir ({self.total})"

    def get_context(self, **context: Any) -> dict[str, Any]:
        """Return one page of the queue, and the checks that can be taken back."""
        filters = DueFilters(self.request.GET, Entry.objects.due(timezone.localdate()))
        found = filters.qs.select_related("live", "verification__author").defer("search_text", "live__answer")
        page = Paginator(found.order_by("review_before", "pk"), PER_PAGE).get_page(self.request.GET.get("page"))
        may_check = self.request.user.has_perm(RIGHT)
        last_checks = self._last_checks if may_check else None
        return super().get_context(
            total=self.total,
            page=page,
            items=_build_items(list(page)),
            filters=filters,
            may_check=may_check,
            last_checks=last_checks,
            last_references=_get_references(last_checks) if last_checks else [],
            next_due=None if self.total else _get_next_due(),
            **context,
        )


def _build_items(entries: list[Entry]) -> list[dict[str, Any]]:
    events = ReviewEvent.objects.by_entry(entries)
    return [
        {
            "entry": entry,
            "events": events[entry.pk],
            "answer": answer_html(entry.answer, owner=entry.reference),
            "filing": [(label, terms) for label, terms in filing_rows(entry.live.filing) if terms != "transverse"],
        }
        for entry in entries
    ]


def _get_references(checks: Batch) -> list[str]:
    verifications = checks.verifications.select_related("entry").only("entry__question", "entry__status")
    return [verification.entry.reference for verification in verifications.order_by("entry")]


def _get_next_due() -> Entry | None:
    """Return the published entry that will be due first."""
    dated = Entry.objects.live().filter(review_before__isnull=False)
    return dated.only("question", "review_before").order_by("review_before", "pk").first()
