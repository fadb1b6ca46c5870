"""How the public pages write answers, counts and questions."""

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from faq.domain.facets import Facet
from faq.domain.markup import render
from faq.domain.text.typography import NO_BREAK_SPACE, with_no_break_spaces

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
@lru_cache(maxsize=4096)
def answer_html(text):
    """Write an answer's text as HTML, kept in memory by its text: the reading takes about 10 ms."""
    # Made by a sanitiser, see faq.domain.markup.
    return mark_safe(render(text))  # noqa: S308


@register.filter
def answer_count(count):
    """Write how many answers there are: « 0 réponse », « 1 réponse », « 1 234 réponses »."""
    return f"{grouped(count)}{NO_BREAK_SPACE}réponse{'s' if count > 1 else ''}"


@register.filter
def grouped(count):
    """Write a number with a space between thousands."""
    # Not Django's number_format, which would take longer than all the rest of an option.
    return f"{count:,}".replace(",", NARROW_NO_BREAK_SPACE)


@register.filter
def options(question):
    """Write the options of a question: the one that leaves it open, then each with the answers it leads to."""
    everything = _option("", _EVERYTHING[question.facet], question.everything, False)
    offered = (_option(one.term.slug, one.term.label, one.count, one.chosen) for one in question.options)
    # Each was made by format_html, and format_html_join would escape every one of them once more.
    return mark_safe("\n".join((everything, *offered)))  # noqa: S308


@lru_cache(maxsize=8192)
def _option(slug, label, count, chosen):
    # Kept, and not written in a template: a page has three hundred, which mostly stay the same. Nothing closes
    # them: the next one does.
    selected = SafeString(" selected" if chosen else "")
    return format_html('<option value="{}"{}>{} ({})', slug, selected, label, grouped(count))


@register.filter
def typographic(text):
    """Write a sentence with the apostrophes and the no-break spaces of printed French."""
    return with_no_break_spaces(text.replace("'", "’"))
