"""« À revoir »: the published answers that are to be checked again, the one that has been due for longest first."""

from datetime import timedelta
from functools import cached_property

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from faq.admin.display import answer_html, filing_rows
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
_REFUSALS_SHOWN = 20


class DuePage:
    """One request for the queue."""

    def __init__(self, model_admin, request):
        self.model_admin = model_admin
        self.request = request
        self.may_check = request.user.has_perm(RIGHT)

    def respond(self):
        """Show the queue, or do what was asked and show it again."""
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if self.request.method != "POST":
            return self._show()
        if not self.may_check:
            raise PermissionDenied
        if "undo" in self.request.POST:
            self._undo()
        elif "check" in self.request.POST:
            self._check([self.request.POST["check"]])
        elif "check-selected" in self.request.POST:
            self._check(self.request.POST.getlist("selected"))
        return redirect(self.request.get_full_path())

    def _check(self, texts):
        """Find entries still right, each as it was shown."""
        asked = {number_of(text) for text in texts} - {None}
        known = Entry.objects.filter(pk__in=asked).values_list("pk", flat=True)
        seen = {number: number_of(self.request.POST.get(f"seen-{number}", "")) or NO_VERSION for number in known}
        if not seen:
            messages.warning(self.request, "Rien n’a été vérifié : cochez d’abord les fiches toujours exactes.")
            return
        report = check_entries(seen, self.request.user)
        for refusal in report.refused[:_REFUSALS_SHOWN]:
            messages.error(self.request, refusal)

    def _undo(self):
        """Take back what the person checked last."""
        batch = self._last_checks
        if batch is None or self.request.POST["undo"] != str(batch.pk):
            messages.info(self.request, "Ces vérifications ont déjà été annulées, ou sont trop anciennes.")
            return
        try:
            take_back_checks(batch.pk, self.request.user)
            messages.success(self.request, "Vérifications annulées : les fiches sont de nouveau à revoir.")
        except EntryError as refusal:
            messages.error(self.request, str(refusal))

    @cached_property
    def _last_checks(self):
        """The last checks of this person that can be taken back here."""
        recent = timezone.now() - UNDO_OFFERED
        mine = Batch.objects.filter(kind=BatchKind.CHECK, author=self.request.user, undone_by=None)
        return mine.filter(created_at__gt=recent).order_by("-pk").first()

    def _show(self):
        queue = Entry.objects.due(timezone.localdate())
        filters = DueFilters(self.request.GET, queue)
        found = filters.qs.select_related("live", "verification__author").defer("search_text", "live__answer")
        page = Paginator(found.order_by("review_before", "pk"), PER_PAGE).get_page(self.request.GET.get("page"))
        total = queue.count()
        last = self._last_checks if self.may_check else None
        context = {
            **self.model_admin.admin_site.each_context(self.request),
            "opts": Entry._meta,
            "title": f"À revoir ({total})",
            "total": total,
            "page": page,
            "items": _items(list(page)),
            "filters": filters,
            "may_check": self.may_check,
            "last_checks": last,
            "last_references": [check.entry.reference for check in _checks_of(last)],
            "next_due": None if total else _next_due(),
        }
        self.request.current_app = self.model_admin.admin_site.name
        return TemplateResponse(self.request, "admin/faq/entry/due.html", context)


def _items(entries):
    events = ReviewEvent.objects.by_entry(entries)
    return [
        {
            "entry": entry,
            "events": events[entry.pk],
            "answer": answer_html(entry.answer),
            "filing": [(label, terms) for label, terms in filing_rows(entry.live.filing) if terms != "transverse"],
        }
        for entry in entries
    ]


def _checks_of(batch):
    if batch is None:
        return []
    return batch.verifications.select_related("entry").only("entry__question", "entry__status").order_by("entry")


def _next_due():
    dated = Entry.objects.live().filter(review_before__isnull=False)
    return dated.only("question", "review_before").order_by("review_before", "pk").first()


def due(model_admin, request):
    """Answer with the published answers that are to be checked again."""
    return DuePage(model_admin, request).respond()
