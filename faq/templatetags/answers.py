"""How the public pages write answers, counts and questions."""

import re
from functools import lru_cache

from django import template
from django.utils.safestring import mark_safe

from faq.domain.facets import Facet
from faq.domain.markup import render

NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"

_EVERYTHING = {
    Facet.OFFER_TYPES: "Tous les types d’offre",
    Facet.COULOIRS: "Tous les couloirs",
    Facet.DISPOSITIFS: "Tous les dispositifs",
    Facet.PRODUCTS: "Tous les produits et services",
    Facet.THEMES: "Toutes les thématiques",
}

_BEFORE = re.compile(r" ([:;?!»])")

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
def everything(facet):
    """Write the option that leaves a question open."""
    return _EVERYTHING[facet]


@register.filter
def typographic(text):
    """Write a sentence with the apostrophes and the no-break spaces of printed French."""
    return _BEFORE.sub(rf"{NO_BREAK_SPACE}\1", text.replace("'", "’")).replace("« ", f"«{NO_BREAK_SPACE}")
