"""Parts of pages that never differ: written once, then kept with the template."""

import re

from django import template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe

_INDENT = re.compile(r"\s*\n\s*")

register = template.Library()


@register.tag
def kept(parser, token):
    """Write what stands up to {% endkept %} once. It may print no variable: only addresses and files of the site."""
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return _Kept(nodes)


class _Kept(template.Node):
    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        self._written: dict[str, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        # Below another prefix, the same site has other addresses.
        prefix = get_script_prefix()
        if prefix not in self._written:
            self._written[prefix] = mark_safe(_INDENT.sub("\n", self.nodelist.render(context)))  # noqa: S308
        return self._written[prefix]
