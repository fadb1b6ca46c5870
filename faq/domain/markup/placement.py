"""An answer's HTML on a page: the levels of its sub-headings, and the addresses of its files and of other entries.

Compiling an answer takes about 10 ms and depends on its text alone, so that its HTML can be cached for ever; placing
it takes microseconds.
"""

import html as library_html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from faq.domain.markup import media, references

MEDIA_PATH = "/media/"
"""The path of the public addresses of files."""

# Outside its own markup, the HTML of the sanitiser holds no `<`; within attributes, no quote.
_FILE = re.compile(rf'<(a href|img src)="{media.SCHEME}({media.NAME})"')
_ENTRY = re.compile(rf'<a href="{references.SCHEME}([0-9]+)" rel="noopener noreferrer">([^<]*)</a>')
_HEADING = re.compile(r"<(/?)h([23])>")
_TABLE = re.compile(r'(<div class="answer-table" role="region" aria-label="Tableau [0-9]+)')


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """The entry to which a reference leads: itself, or the one that it was merged into."""

    question: str
    address: str
    """The path of its page."""


def place(
    html: str,
    *,
    level: int = 2,
    site: str = "",
    targets: Mapping[int, LinkTarget] | None = None,
    owner: str = "",
) -> str:
    """Return the HTML of a compiled answer as a page shows it.

    Its sub-headings begin at a level. `site` is the scheme and host, for readers elsewhere. References to entries that
    are no targets become text. The name of the `owner`, an entry, tells its tables from others on the page.
    """
    if level != 2:
        html = _HEADING.sub(lambda found: f"<{found[1]}h{min(6, int(found[2]) - 2 + level)}>", html)
    if owner:
        html = _TABLE.sub(rf"\1 de la fiche {library_html.escape(owner)}", html)
    if media.SCHEME in html:
        html = _FILE.sub(rf'<\1="{site}{MEDIA_PATH}\2"', html)
    return place_links(html, targets or {}, site)


def place_links(html: str, targets: Mapping[int, LinkTarget], site: str = "") -> str:
    """Return HTML with links to the entries that are targets; other references become text."""
    if references.SCHEME not in html:
        return html

    def write(found: re.Match[str]) -> str:
        target = targets.get(int(found[1]))
        if target is None:
            return found[2]
        title = library_html.escape(f"{found[2]}\u00a0: {target.question}")
        return f'<a href="{library_html.escape(site + target.address)}" title="{title}">{found[2]}</a>'

    return _ENTRY.sub(write, html)
