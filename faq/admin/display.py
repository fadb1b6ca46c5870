"""How lists and pages of the admin show what tables hold."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime

from faq.domain.facets import Facet
from faq.domain.markup import render
from faq.enums import EntryStatus

NOTHING = "–"
_TERMS_SHOWN = 3
"""Terms of one facet that a list names; the page names all."""


def badge(status, text=None):
    """Show a state, in words and in colour."""
    state = EntryStatus(status)
    return format_html('<span class="badge badge-{}">{}</span>', state.value, text or state.label)


def state_badges(entry):
    """Show where an entry stands, and what is being worked on beside its live text."""
    if not entry.has_draft:
        return badge(entry.status)
    in_review = entry.head.status == EntryStatus.IN_REVIEW
    beside = "modification en relecture" if in_review else "brouillon en cours"
    return format_html("{} {}", badge(entry.status), badge(entry.head.status, beside))


def schedule_badges(schedules):
    """Show what is planned for an entry, and what of it failed."""
    told = [
        (planned.get_action_display(), "en échec" if planned.failed_at else f"prévue le {moment(planned.due_at)}")
        for planned in schedules
    ]
    return format_html_join(" ", '<span class="badge badge-planned">{} {}</span>', told)


def filing_summary(entry):
    """Show where an entry is filed, facet after facet; its terms were fetched with it."""
    filed = [(facet, [str(term) for term in getattr(entry, facet).all()]) for facet in Facet]
    named = [(facet, _some(labels)) for facet, labels in filed if labels]
    if not named:
        return format_html('<span class="quiet">{}</span>', "transverse")
    return format_html_join(" · ", '<span class="filed filed-{}">{}</span>', named)


def filing_rows(filing):
    """Give, per facet, its label and the labels of a version's snapshot; transverse where there are none."""
    filed = [(facet, [term["label"] for term in filing.get(facet, ())]) for facet in Facet]
    return [(facet.label, ", ".join(labels) or "transverse") for facet, labels in filed]


def answer_html(text):
    """Show an answer as the public reads it."""
    return format_html('<div class="answer">{}</div>', mark_safe(render(text)))  # noqa: S308


def person(user):
    """Name who did something; commands have nobody."""
    return (user.get_full_name() or user.get_username()) if user else "système"


def moment(when):
    """Write a point in time as clocks in Paris showed it."""
    return date_format(localtime(when), "j F Y H:i")


def link_to(page, number, text):
    """Link to a page of the admin (« entry_change ») about one row."""
    return format_html('<a href="{}">{}</a>', reverse(f"admin:faq_{page}", args=(number,)), text)


def _some(labels):
    shown = ", ".join(labels[:_TERMS_SHOWN])
    hidden = len(labels) - _TERMS_SHOWN
    return f"{shown} + {hidden}" if hidden > 0 else shown
