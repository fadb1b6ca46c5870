"""Filters for the tables of the admin."""

from collections.abc import Iterable, Mapping, Sequence

from django import template
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@register.filter
def labelled(cells: Iterable[SafeString], headers: Sequence[Mapping[str, str]]) -> list[SafeString]:
    """Return the cells of a row of Django's list, each with the name of its column as `data-label`.

    A small screen shows every row as a block, in which the names stand before the values.
    """
    return [_add_label(cell, strip_tags(str(header["text"]))) for cell, header in zip(cells, headers, strict=True)]


def _add_label(cell: SafeString, name: str) -> SafeString:
    tag, rest = cell[: len("<td")], cell[len("<td") :]
    # Cell and name are safe: Django's HTML with an attribute more, escaped here.
    return mark_safe(f'{tag} data-label="{escape(capfirst(name))}"{rest}')  # noqa: S308
