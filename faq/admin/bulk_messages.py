"""The messages after an operation on entries, which lead to its batch and offer to undo it."""

from django.contrib import messages
from django.utils.html import format_html, format_html_join

from faq.admin.display import link_to
from faq.models.entries import reference
from faq.services.undo_rights import can_undo

_NAMED = 10
_REFUSALS_SHOWN = 20


def add_bulk_messages(request, label, report):
    """Add messages about the entries that an operation changed, left as they were, and refused."""
    if report.changed:
        text = format_html("{}\u00a0: {}, {}", label, _named(report.changed), link_batch(request, report.batch))
        messages.success(request, text)
    if report.unchanged:
        messages.info(request, f"Déjà dans cet état : {_named(report.unchanged)}.")
    if report.refused:
        messages.error(request, list_refusals(report.refused))


def list_refusals(refusals):
    """Return one message about several refusals: the refusal itself where there is one, else how many, and a list."""
    if len(refusals) == 1:
        return refusals[0]
    named = format_html_join("", "<li>{}</li>", ((refusal,) for refusal in refusals[:_REFUSALS_SHOWN]))
    more = f", dont voici les {_REFUSALS_SHOWN} premières" if len(refusals) > _REFUSALS_SHOWN else ""
    return format_html("<p>{} fiches refusées{}\u00a0:</p><ul>{}</ul>", len(refusals), more, named)


def build_single_message(request, text, outcome):
    """Return the message about one entry that an action has changed, with a link that undoes it for those who may."""
    batch = outcome.version.batch if outcome.changed else None
    may_undo = batch is not None and can_undo(batch, request.user)
    return format_html("{} {}", text, link_to("batch_undo", batch.pk, "Annuler")) if may_undo else text


def link_batch(request, batch, noun="lot"):
    """Return a link to a batch, and one that undoes it for those who may, as the end of a sentence."""
    shown = link_to("batch_change", batch.pk, f"{noun} {batch.pk}")
    if not can_undo(batch, request.user):
        return format_html("{}.", shown)
    return format_html("{}. {}", shown, link_to("batch_undo", batch.pk, "Annuler"))


class BatchMessagesMixin:
    """A mixin for a ModelAdmin that writes batches: Django's message after a save leads to the batch, and undoes it.

    `save_model` and `delete_model` leave the batch as `request.batch`, or None.
    """

    def message_user(self, request, message, level=messages.INFO, *args, **options):
        """Add the message, with the links to what was just written."""
        if batch := getattr(request, "batch", None):
            message = format_html("{} {}", message, link_batch(request, batch, "Lot"))
        super().message_user(request, message, level, *args, **options)


def link_entries(numbers):
    """Return links to entries by their references, as a list within a sentence."""
    return format_html_join(", ", "{}", ((link_to("entry_change", number, reference(number)),) for number in numbers))


def _named(outcomes):
    shown = link_entries(outcome.entry.pk for outcome in outcomes[:_NAMED])
    number = len(outcomes)
    return format_html("{} fiche{} ({}{})", number, "s" if number > 1 else "", shown, "…" if number > _NAMED else "")
