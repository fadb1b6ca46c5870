"""Planning the publication or the withdrawal of one entry, from its page."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied

from faq.admin.display import moment, person
from faq.enums import Action, Origin
from faq.forms import ScheduleForm
from faq.models import Schedule
from faq.services.content import EntryError
from faq.services.schedules import cancel, schedule
from faq.services.versions import Provenance

_PLANS = {"_schedule_publish": Action.PUBLISHED, "_schedule_withdraw": Action.WITHDRAWN}
_CANCEL = "_cancel_schedule"


def asked(request):
    """Return whether a button of the block was pressed."""
    return any(name in request.POST for name in (*_PLANS, _CANCEL))


def answer(request, entry):
    """Do what the pressed button says, and tell; false where the date typed is to be corrected."""
    try:
        return _cancel(request, entry) if _CANCEL in request.POST else _plan(request, entry)
    except (EntryError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
        return True


def context(request, entry):
    """Return what the block shows: the plans there are, and the form for another."""
    pressed = request.method == "POST" and any(name in request.POST for name in _PLANS)
    return {
        "schedules": list(entry.schedules.select_related("author", "version")),
        "may_schedule": request.user.has_perm("faq.publish_entry"),
        "schedule_form": ScheduleForm(request.POST if pressed else None),
    }


def _plan(request, entry):
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return False
    [action] = [action for name, action in _PLANS.items() if name in request.POST]
    due_at, base = form.cleaned_data["due_at"], form.cleaned_data["base"]
    planned = schedule(entry.pk, action, due_at, Provenance(Origin.FORM, request.user), base=base)
    what = planned.get_action_display().capitalize()
    messages.success(request, f"{what} de la fiche {entry.reference} planifiée pour le {moment(planned.due_at)}.")
    return True


def _cancel(request, entry):
    number = request.POST[_CANCEL]
    planned = Schedule.objects.filter(entry=entry, pk=number if number.isdecimal() else 0).first()
    if planned and cancel(planned, request.user):
        by = f", décidée par {person(planned.author)}" if planned.author else ""
        messages.success(request, f"{planned.get_action_display().capitalize()} annulée{by} : rien ne se fera seul.")
    else:
        messages.info(request, "Cette planification n’existe plus : elle a été exécutée ou annulée entre-temps.")
    return True
