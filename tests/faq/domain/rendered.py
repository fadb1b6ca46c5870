"""A rendered answer as a browser reads it, for tests."""

import re
from html.parser import HTMLParser

from faq.domain.markup import render

ALLOWED = {
    "a": {"class", "download", "href", "rel", "title"},
    "blockquote": set(),
    "br": set(),
    "div": {"aria-label", "class", "role", "tabindex"},
    "em": set(),
    "figure": set(),
    "h2": set(),
    "h3": set(),
    "img": {"alt", "loading", "src"},
    "li": set(),
    "ol": {"start"},
    "p": set(),
    "span": {"class"},
    "strong": set(),
    "table": set(),
    "tbody": set(),
    "td": {"class"},
    "th": {"class", "scope"},
    "thead": set(),
    "tr": set(),
    "ul": set(),
}


class Page(HTMLParser):
    """Parses a rendering as a browser would; refuses what may not be in it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lines = [""]
        self.links: list[tuple[str, str]] = []
        self.titles: list[str] = []
        self.images: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(render(text))
        self.close()
        assert not self.open

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        assert set(attributes) <= ALLOWED[tag]
        if tag == "a":
            assert attributes["rel"] == "noopener noreferrer"
            assert re.match(
                r"https?://.|mailto:.|tel:.|/media/[0-9a-f]{32}\.(png|jpg|webp|pdf)$", attributes["href"], re.IGNORECASE
            )
            self.links.append((attributes["href"], ""))
            self.titles.append(attributes.get("title", ""))
        if tag == "img":
            assert re.fullmatch(r"/media/[0-9a-f]{32}\.(png|jpg|webp)", attributes["src"])
            self.images.append((attributes["src"], attributes["alt"]))
        if tag in ("p", "br", "li", "figure", "h2", "h3", "td", "th"):
            self.lines.append("")
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.lines[-1] += data.replace("\n", " ")
        if "a" in self.open:
            href, text = self.links[-1]
            self.links[-1] = (href, text + data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment
