"""An answer's HTML on a page: the addresses of its files, which depend on where the page is read.

Compiling an answer takes about 10 ms and depends on its text alone, so that its HTML can be cached for ever;
placing it takes microseconds.
"""

import re

from faq.domain.markup.media import NAME, SCHEME

MEDIA_PATH = "/media/"
"""The path of the public addresses of files."""

# Outside its own markup, the HTML of the sanitiser holds no `<`; within attributes, no quote.
_FILE = re.compile(rf'<(a href|img src)="{SCHEME}({NAME})"')


def place(html: str, *, site: str = "") -> str:
    """Return the HTML of a compiled answer as a page shows it; `site` is the scheme and host for readers elsewhere."""
    return _FILE.sub(rf'<\1="{site}{MEDIA_PATH}\2"', html) if SCHEME in html else html
