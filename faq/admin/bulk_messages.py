"""The messages after an operation on many entries of a list."""

from django.contrib import messages
from django.utils.html import format_html

from faq.admin.display import link_to

_NAMED = 10
_REFUSALS_SHOWN = 20


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
