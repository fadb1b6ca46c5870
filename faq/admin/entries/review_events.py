"""« Événements »: a change in the law makes a whole branch due; editors see how many entries before they declare it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from faq.admin.pages import AdminPage, Trail
from faq.domain.facets import Term
from faq.forms import ReviewEventForm
from faq.models import ReviewEvent
from faq.models.entries import number_of
from faq.selectors.published import load_taxonomy
from faq.services.content import EntryError
from faq.services.review_dates import get_live_under
from faq.services.review_events import declare_event, take_back_event
from faq.services.verifications import RIGHT

_PREVIEWED_ENTRIES = 10
_LISTED_EVENTS = 50


class ReviewEventsPage(AdminPage):
    """The declared events, the form of the next one, and the entries that it would make due."""

    template_name = "admin/faq/entry/review_events.html"
    title = "Événements"
    body_class = "due-page"
    post_permission = RIGHT

    def get_trail(self) -> Trail:
        """Return the queue that events fill."""
        return [("À revoir", reverse("admin:faq_entry_due"))]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the events, with the preview of the one that the address describes."""
        if not request.user.has_perm(RIGHT):
            return self.render(form=None)
        described = request.GET if "term" in request.GET else None
        return self.render(form=ReviewEventForm(described, taxonomy=load_taxonomy()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Declare an event, or take one back."""
        if "take-back" in request.POST:
            return self._take_back(number_of(request.POST["take-back"]))
        form = ReviewEventForm(request.POST, taxonomy=load_taxonomy())
        return self._declare(form) if form.is_valid() else self.render(form=form)

    def _declare(self, form: ReviewEventForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            event = declare_event(data["term"], data["reason"], data["happened_on"], self.request.user)
        except EntryError as refusal:
            messages.error(self.request, str(refusal))
            return self.render(form=form)
        queue = f"{reverse('admin:faq_entry_due')}?evenement={event.pk}"
        message = '« {} » : {} fiche{} à revoir. <a href="{}">Les voir</a>'
        plural = "s" if event.due_count > 1 else ""
        messages.success(self.request, format_html(message, event, event.due_count, plural, queue))
        return redirect("admin:faq_entry_review_events")

    def _take_back(self, number: int | None) -> HttpResponse:
        event = ReviewEvent.objects.filter(pk=number).first()
        if event and take_back_event(event, self.request.user):
            messages.success(self.request, f"« {event} » est annulé : les fiches retrouvent leur échéance d’avant.")
        else:
            messages.info(self.request, "Cet événement a déjà été annulé.")
        return redirect("admin:faq_entry_review_events")

    def get_context(self, *, form: ReviewEventForm | None, **context: Any) -> dict[str, Any]:
        """Return the events, the form for people who may declare one, and its preview once it is complete."""
        complete = form is not None and form.is_bound and form.is_valid()
        return super().get_context(
            form=form,
            preview=_preview(form.cleaned_data["term"]) if complete else None,
            events=ReviewEvent.objects.select_related("author", "taken_back_by")[:_LISTED_EVENTS],
            **context,
        )


def _preview(term: Term) -> dict[str, Any]:
    """Return the entries that an event of this term would make due."""
    branch = get_live_under(term.facet, term.id)
    total, already = branch.count(), branch.due(timezone.localdate()).count()
    entries = list(branch.only("question").order_by("pk")[:_PREVIEWED_ENTRIES])
    return {"term": term, "total": total, "already": already, "entries": entries, "more": total - len(entries)}
