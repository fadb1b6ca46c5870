"""The block of the entry page that plans its publication or its withdrawal."""

from functools import partial

from django.contrib import messages

from faq.admin.display import format_moment, person_name
from faq.enums import Action, Origin
from faq.forms import ScheduleForm
from faq.models import Schedule
from faq.models.entries import number_of
from faq.services.content import EntryError
from faq.services.schedules import cancel, schedule
from faq.services.versions import Provenance

_CANCEL = "_cancel_schedule"


def plan(action, request, entry):
    """Plan a publication or a withdrawal."""
    # What is wrong is said beside the date, where one looks.
    form = request.schedule_form = ScheduleForm(request.POST)
    if not form.is_valid():
        return False
    due_at, base = form.cleaned_data["due_at"], form.cleaned_data["base"]
    try:
        planned = schedule(entry.pk, action, due_at, Provenance(Origin.FORM, request.user), base=base)
    except EntryError as refusal:
        form.add_error("due_at", str(refusal))
        return False
    what = planned.get_action_display().capitalize()
    messages.success(
        request, f"{what} de la fiche {entry.reference} planifiée pour le {format_moment(planned.due_at)}."
    )
    return True


def cancel_plan(request, entry):
    """Cancel what was planned."""
    planned = Schedule.objects.filter(entry=entry, pk=number_of(request.POST[_CANCEL])).first()
    if planned and cancel(planned, request.user):
        by = f", décidée par {person_name(planned.author)}" if planned.author else ""
        messages.success(request, f"{planned.get_action_display().capitalize()} annulée{by} : rien ne se fera seul.")
    else:
        messages.info(request, "Cette planification n’existe plus : elle a été exécutée ou annulée entre-temps.")
    return True


_PLANS = {
    "_schedule_publish": partial(plan, Action.PUBLISHED),
    "_schedule_withdraw": partial(plan, Action.WITHDRAWN),
}
HANDLERS = {**_PLANS, _CANCEL: cancel_plan}
"""The buttons of the block; see `BlockHandler` in `faq.admin.entries.page`."""


def get_context(request, entry):
    """Return what is planned for the entry, and the form that plans more."""
    form = getattr(request, "schedule_form", None)
    if form:
        form.fields["due_at"].widget.attrs["autofocus"] = True
    plans = list(entry.schedules.select_related("author", "version"))
    return {
        "schedules": plans,
        "failed_schedules": [plan for plan in plans if plan.failed_at or _will_fail(plan, entry)],
        "may_schedule": request.user.has_perm("faq.publish_entry"),
        "schedule_form": form or ScheduleForm(),
        "schedule_problems": bool(form),
    }


def _will_fail(plan, entry):
    """Return whether a publication is planned of another text than the latest."""
    return plan.version_id is not None and plan.version_id != entry.head_id
