"""Operations on many entries of a list: which rows were selected, and the messages afterwards."""

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.utils.html import format_html

from faq.admin.display import link_to
from faq.models.entries import number_of

_NAMED = 10
_REFUSALS_SHOWN = 20


class EntryActionsMixin:
    """A mixin for a list of entries with actions: selected values that are no number of an entry are ignored."""

    def response_action(self, request, queryset):
        """Take the action on the selected entries. Django would look for any value, and fail on most."""
        request.POST = request.POST.copy()
        selected = map(number_of, request.POST.getlist(ACTION_CHECKBOX_NAME))
        request.POST.setlist(ACTION_CHECKBOX_NAME, [str(number) for number in selected if number is not None])
        return super().response_action(request, queryset)


def add_bulk_messages(request, label, report):
    """Add messages about the entries that an operation changed, left as they were, and refused."""
    if report.changed:
        batch = link_to("batch_change", report.batch.pk, f"lot {report.batch.pk}")
        messages.success(request, format_html("{} : {}, {}.", label, _named(report.changed), batch))
    if report.unchanged:
        messages.info(request, f"Déjà dans cet état : {_named(report.unchanged)}.")
    for refusal in report.refused[:_REFUSALS_SHOWN]:
        messages.error(request, refusal)
    if len(report.refused) > _REFUSALS_SHOWN:
        more = f"{len(report.refused)} fiches refusées ; les {_REFUSALS_SHOWN} premières sont nommées."
        messages.error(request, more)


def _named(outcomes):
    shown = ", ".join(outcome.entry.reference for outcome in outcomes[:_NAMED])
    number = len(outcomes)
    return f"{number} fiche{'s' if number > 1 else ''} ({shown}{'…' if number > _NAMED else ''})"
