"""Functions that render rows for the lists and pages of the admin."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime

from faq.domain.facets import Facet
from faq.domain.limits import format_number
from faq.domain.text import dates
from faq.enums import EntryStatus
from faq.selectors.entry_links import render_answer

NOTHING = "–"
_TERMS_SHOWN = 3
"""Terms of one facet that a list names; the page of the entry names all."""


def badge(status, text=None):
    """Return the badge of a state, in words and colour."""
    state = EntryStatus(status)
    return format_html('<span class="badge badge-{}">{}</span>', state.value, text or state.label)


def state_badges(entry):
    """Return the badges of an entry's state and of the draft beside its live text."""
    if not entry.has_draft:
        return badge(entry.status)
    in_review = entry.head.status == EntryStatus.IN_REVIEW
    beside = "modification en relecture" if in_review else "brouillon en cours"
    return format_html("{} {}", badge(entry.status), badge(entry.head.status, beside))


def schedule_badges(schedules):
    """Return a badge for each plan of an entry; one that failed says why."""
    labels = [
        (
            plan.get_action_display(),
            "en échec" if plan.failed_at else f"prévue le {format_moment(plan.due_at)}",
            format_html(' <span class="plan-failure">{}</span>', plan.error) if plan.failed_at else "",
        )
        for plan in schedules
    ]
    return format_html_join(" ", '<span class="badge badge-planned">{} {}</span>{}', labels)


def filing_summary(entry):
    """Return the terms of an entry, facet by facet; they must have been prefetched."""
    filed = [(facet, [str(term) for term in getattr(entry, facet).all()]) for facet in Facet]
    named = [(facet, _some(labels)) for facet, labels in filed if labels]
    if not named:
        return format_html('<span class="quiet">{}</span>', "transverse")
    return format_html_join(" · ", '<span class="filed filed-{}">{}</span>', named)


def filing_rows(filing):
    """Return for each facet its label and the labels in a version's snapshot; « transverse » where there are none."""
    filed = [(facet, [term["label"] for term in filing.get(facet, ())]) for facet in Facet]
    return [(facet.label, ", ".join(labels) or "transverse") for facet, labels in filed]


def answer_html(text, *, level=3, owner=""):
    """Return an answer as the public reads it, its sub-headings from a level on; `owner` is the entry's reference."""
    html = render_answer(text, level=level, owner=owner)
    return format_html('<div class="answer">{}</div>', mark_safe(html))  # noqa: S308


def person_name(user):
    """Return the name of who did something; commands have no user."""
    return (user.get_full_name() or user.get_username()) if user else "système"


def format_moment(when):
    """Return a point in time in Paris time."""
    return dates.format_moment(localtime(when))


def moment_column(field, label):
    """Return a column of a list, or a line of a page, with a point in time in Paris time."""

    @admin.display(description=label, ordering=field)
    def column(self, row):
        moment = getattr(row, field)
        return format_moment(moment) if moment else NOTHING

    return column


def link_to(page, number, text):
    """Return a link to the page of the admin, such as "entry_change", about one row."""
    return format_html('<a href="{}">{}</a>', reverse(f"admin:faq_{page}", args=(number,)), text)


def pluralize_count(number, one, several):
    """Return a number and what it counts, as « 1 fiche » or « 12 fiches »."""
    return f"{format_number(number)} {one if number < 2 else several}"


def _some(labels):
    shown = ", ".join(labels[:_TERMS_SHOWN])
    hidden = len(labels) - _TERMS_SHOWN
    return f"{shown} + {hidden}" if hidden > 0 else shown
