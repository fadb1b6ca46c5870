"""Parts of pages that are the same on every page: rendered once, then cached with the template."""

import re

from django import template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe

_INDENT = re.compile(r"(?<!\s)[^\S\n]*+\n\s*+")

register = template.Library()


@register.tag
def cache_fragment(parser, token):
    """Render the part up to {% endcache_fragment %} once. It may print addresses and static files, but no variable."""
    nodes = parser.parse(("endcache_fragment",))
    parser.delete_first_token()
    return _CachedFragment(nodes)


class _CachedFragment(template.Node):
    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        self._html_by_prefix: dict[str, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        # Under another script prefix, the same site has other addresses.
        prefix = get_script_prefix()
        if prefix not in self._html_by_prefix:
            html = _INDENT.sub("\n", self.nodelist.render(context))
            self._html_by_prefix[prefix] = mark_safe(html)  # noqa: S308
        return self._html_by_prefix[prefix]
