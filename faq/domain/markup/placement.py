"""An answer's HTML on a page: the levels of its sub-headings, and the addresses of its files and of other entries.

Compiling an answer takes about 10 ms and depends on its text alone, so that its HTML can be cached for ever; placing
it takes microseconds.
"""

import html as library_html
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from faq.domain.markup import media, references

MEDIA_PATH = "/media/"
"""The path of the public addresses of files."""
MAX_LINKS_TO_ONE = 100
"""Links of one answer to one entry: its address is ten times as long as the reference that was typed."""

# Outside its own markup, the HTML of the sanitiser holds no `<`; within attributes, no quote.
_FILE = re.compile(rf'<(a href|img src)="{media.SCHEME}({media.NAME})"')
_ENTRY = re.compile(rf'<a href="{references.SCHEME}([0-9]+)" rel="noopener noreferrer">([^<]*)</a>')
_HEADING = re.compile(r"<(/?)h([23])>")
_TABLE = re.compile(r'(<div class="answer-table" role="region" aria-label="Tableau [0-9]+)')


def get_file_address(name: str, site: str = "") -> str:
    """Return the public address of a file; `site` is the scheme and host, for readers elsewhere."""
    return f"{site}{MEDIA_PATH}{name}"


def with_file_addresses(text: str, site: str) -> str:
    """Return the text of an answer with the whole address of each file instead of its reference."""
    pieces, done = [], 0
    for reference in media.find_media_references(text):
        start = reference.end - len(f"{media.SCHEME}{reference.name})")
        pieces += [text[done:start], get_file_address(reference.name, site)]
        done = reference.end - 1
    return "".join([*pieces, text[done:]])


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
    """Return the HTML of a compiled answer as a page shows it, whole."""
    return place_links(place_without_links(html, level=level, site=site, owner=owner), targets or {}, site)


def place_without_links(html: str, *, level: int = 2, site: str = "", owner: str = "") -> str:
    """Return the HTML of a compiled answer as a page shows it, but for the references to entries.

    Its sub-headings begin at a level. `site` is the scheme and host, for readers elsewhere. The reference of the
    `owner`, an entry, tells its tables from others on the page.
    """
    if level != 2:
        html = _HEADING.sub(lambda found: f"<{found[1]}h{min(6, int(found[2]) - 2 + level)}>", html)
    if owner:
        html = _TABLE.sub(rf"\1 de la fiche {library_html.escape(owner)}", html)
    if media.SCHEME in html:
        html = _FILE.sub(rf'<\1="{site}{MEDIA_PATH}\2"', html)
    return html


def place_links(html: str, targets: Mapping[int, LinkTarget], site: str = "") -> str:
    """Return HTML with links to the entries that are targets; other references become text.

    The first link to an entry has its question as its title; what repeats it hundreds of times becomes text.
    """
    if references.SCHEME not in html:
        return html
    written: Counter[int] = Counter()

    def write(found: re.Match[str]) -> str:
        number = int(found[1])
        target = targets.get(number)
        if target is None or written[number] == MAX_LINKS_TO_ONE:
            return found[2]
        written[number] += 1
        link = f'<a href="{library_html.escape(site + target.address)}"'
        if written[number] > 1:
            return f"{link}>{found[2]}</a>"
        title = library_html.escape(f"{found[2]}\u00a0: {target.question}")
        return f'{link} title="{title}">{found[2]}</a>'

    return _ENTRY.sub(write, html)
