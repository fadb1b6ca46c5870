"""Rendering of answers: text as safe HTML, or without any markup.

An answer is plain text with a little Markdown: lists, emphasis, links, images, tables, sub-headings, quotes. A line
break is a line break, an address or the reference of an entry is a link, and all other markup of Markdown and HTML
(rules, code, tags, entities) shows as it was typed: people wrote it as text. Only the spaces of French punctuation
change.
"""

import html
import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from faq.domain.markup import media, references
from faq.domain.markup.blocks import ALIGNED_CLASSES, TABLE_CLASS, parse_blocks
from faq.domain.markup.links import LINKIFIER, parse_bare_url, parse_link
from faq.domain.markup.placement import place
from faq.domain.text.typography import with_no_break_spaces

_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")
_LINE_ENDS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# The sanitiser takes quadratic time for characters whose UTF-8 begins as that of the no-break space, which it writes as
# an entity: meanwhile noncharacters, which no printable text holds, stand for them.
_TO_PLACEHOLDERS = {0xA0 + offset: 0xFDD0 + offset for offset in range(32)}
_FROM_PLACEHOLDERS = {placeholder: character for character, placeholder in _TO_PLACEHOLDERS.items()}

_ESCAPABLE = "*_[]-"
_ESCAPABLE_AT_BEGINNING = "#>"
"""Signs that a backslash hides at the beginning of a line alone."""
_PATH_START = re.compile(r"^\W?(?:[A-Za-z]:\\|\\\\\w)")
_PATH_LENGTH = 260
"""Characters of the path of a file, in Windows."""
_PUBLIC_URL = re.compile(r"https?://.|mailto:.|tel:.", re.IGNORECASE)

_SANITISER = nh3.Cleaner(
    tags={
        *("a", "blockquote", "br", "div", "em", "figure", "h2", "h3", "img", "li", "ol", "p", "span", "strong"),
        *("table", "tbody", "td", "th", "thead", "tr", "ul"),
    },
    attributes={
        "a": {"download", "href", "title"},
        "div": {"aria-label", "role", "tabindex"},
        "img": {"alt", "loading", "src"},
        "ol": {"start"},
        "th": {"scope"},
    },
    allowed_classes={
        "a": {"fr-link", "fr-link--download"},
        "div": {TABLE_CLASS},
        "span": {"fr-link__detail"},
        "td": {*ALIGNED_CLASSES.values()},
        "th": {*ALIGNED_CLASSES.values()},
    },
    url_schemes={"http", "https", "mailto", "tel", media.SCHEME[:-1], references.SCHEME[:-1]},
    url_relative="deny",
    link_rel="noopener noreferrer",
)


def compile_answer(text: str) -> str:
    """Return the HTML of an answer, safe once it is placed on a page; "" for a text with nothing in it.

    Every text gives a result: a character that no page can show (a control, half a surrogate pair, a noncharacter) is
    replaced by U+FFFD. Only the elements and attributes of the sanitiser above can come out.
    """
    rendered = _PARSER.render(_printable(text))
    return _SANITISER.clean(rendered.translate(_TO_PLACEHOLDERS)).strip().translate(_FROM_PLACEHOLDERS)


def render(text: str) -> str:
    """Return the HTML of an answer on a page of this site, safe to put there as it is."""
    return place(compile_answer(text))


def plain_text(text: str) -> str:
    """Return the words of an answer on one line, without list markers, emphasis and link targets.

    A middle dot stands between the cells of a row.
    """
    words: list[str] = []
    cells = 0
    for token in _PARSER.parse(_printable(text)):
        cells = 0 if token.type == "tr_open" else cells + (token.type in ("td_open", "th_open"))
        if token.children:
            words += ["·"] if cells > 1 else []
            words += _content(token.children).split()
        cells = 0 if token.type == "table_close" else cells
    return " ".join(words)


def _content(tokens: list[Token]) -> str:
    return "".join(" " if token.tag == "br" else token.content for token in tokens)


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", _LINE_ENDS.sub("\n", _INVISIBLE.sub("", text)))


def _parse_escape(state: StateInline, silent: bool) -> bool:
    """Parse a backslash: an inline rule. It hides one of our markup characters, and shows before any other (paths)."""
    pair = state.src[state.pos : state.pos + 2]
    begins_line = state.pos == 0 or state.src[state.pos - 1] == "\n"
    escapable = _ESCAPABLE + _ESCAPABLE_AT_BEGINNING if begins_line else _ESCAPABLE
    if len(pair) < 2 or pair[0] != "\\" or pair[1] not in escapable:
        return False
    if not silent:
        state.push("text_special", "", 0).content = pair if _is_in_path(state) else pair[1]
    state.pos += 2
    return True


def _parse_value(state: StateInline, silent: bool) -> bool:
    """Parse asterisks right behind an equals sign: an inline rule. `name=*value*` is a setting, not emphasis."""
    if state.src[state.pos] != "*" or not state.src.startswith("=", state.pos - 1) or state.pos == 0:
        return False
    end = state.pos
    while end < state.posMax and state.src[end] == "*":
        end += 1
    if not silent:
        state.push("text_special", "", 0).content = state.src[state.pos : end]
    state.pos = end
    return True


def _is_in_path(state: StateInline) -> bool:
    """Return whether a place is in the path of a file, as in `C:\\Temp\\*.log`, whose backslashes hide nothing."""
    before = state.src[max(0, state.pos - _PATH_LENGTH) : state.pos]
    return bool(before) and not before[-1].isspace() and _PATH_START.search(before.split()[-1]) is not None


def _apply_typography(state: StateCore) -> None:
    """Put no-break spaces where French punctuation has them: a core rule."""
    for token in state.tokens:
        for part in token.children or ():
            if part.type == "text":
                part.content = with_no_break_spaces(part.content)


class _Parser(MarkdownIt):
    """The library's parser, with our grammar: "zero" enables nothing but text."""

    def __init__(self) -> None:
        super().__init__("zero", {"breaks": True, "linkify": True})
        self.linkify = LINKIFIER
        self.core.ruler.at("block", parse_blocks)
        self.inline.ruler.at("escape", _parse_escape)
        self.inline.ruler.before("emphasis", "value", _parse_value)
        self.inline.ruler.before("link", "media", media.parse_media)
        self.inline.ruler.at("link", parse_link)
        self.inline.ruler.at("linkify", parse_bare_url)
        self.core.ruler.push("media", media.set_media_apart)
        self.core.ruler.before("text_join", "references", references.link_references)
        self.core.ruler.push("typography", _apply_typography)
        self.enable(["emphasis", "escape", "link", "linkify", "media", "newline", "references", "value"])

    def validateLink(self, url: str) -> bool:
        """Return whether the sanitiser accepts an address too: one that it refuses leaves the text as it was typed."""
        anchor = f'<a href="{html.escape(url)}"></a>'
        return _PUBLIC_URL.match(url) is not None and "href=" in _SANITISER.clean(anchor)

    def normalizeLinkText(self, link: str) -> str:
        """Return a bare address as it was typed, so that it can be copied."""
        return link


_PARSER = _Parser()
