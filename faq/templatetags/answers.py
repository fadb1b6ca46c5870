"""Filters that format answers, counts and questions for the public pages."""

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from faq.domain.facets import Facet
from faq.domain.text.typography import NO_BREAK_SPACE, with_no_break_spaces
from faq.selectors.entry_links import find_dead_references, render_answer

NARROW_NO_BREAK_SPACE = "\u202f"

_EVERYTHING = {
    Facet.OFFER_TYPES: "Tous les types d’offre",
    Facet.COULOIRS: "Tous les couloirs",
    Facet.DISPOSITIFS: "Tous les dispositifs",
    Facet.PRODUCTS: "Tous les produits et services",
    Facet.THEMES: "Toutes les thématiques",
}

register = template.Library()


@register.filter
def answer_html(text, level=2):
    """Return the HTML of an answer, its sub-headings from a level on: one query if it cites an entry."""
    # The renderer sanitises the HTML, see faq.domain.markup.
    return mark_safe(render_answer(text, level=level))  # noqa: S308


@register.simple_tag
def dead_references(text):
    """Return the first references of a text that are no links for the public, each with the reason."""
    return find_dead_references(text)[:10]


@register.filter
def answer_count(count):
    """Return a number of answers in words: « 0 réponse », « 1 réponse », « 1 234 réponses »."""
    return f"{grouped(count)}{NO_BREAK_SPACE}réponse{'s' if count > 1 else ''}"


@register.filter
def grouped(count):
    """Return a number with a space between thousands."""
    # Django's number_format takes longer than all the rest of an option.
    return f"{count:,}".replace(",", NARROW_NO_BREAK_SPACE)


@register.filter
def options(question):
    """Return the HTML options of a question: first the one that leaves it open, then each with its count."""
    everything = _option("", _EVERYTHING[question.facet], question.everything, False)
    offered = (_option(one.term.slug, one.term.label, one.count, one.chosen) for one in question.options)
    # format_html made each of them; format_html_join would escape them again.
    return mark_safe("\n".join((everything, *offered)))  # noqa: S308


@lru_cache(maxsize=8192)
def _option(slug, label, count, chosen):
    # Cached, and not in a template: a page has three hundred options, which rarely change. HTML lets the next option
    # close this one.
    selected = SafeString(" selected" if chosen else "")
    return format_html('<option value="{}"{}>{} ({})', slug, selected, label, grouped(count))


@register.filter
def typographic(text):
    """Return a sentence with the apostrophes and no-break spaces of printed French."""
    return with_no_break_spaces(text.replace("'", "’"))
