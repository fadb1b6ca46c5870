"""How an answer reads: its text as safe HTML, or without any markup.

An answer is plain text with a little Markdown: lists, emphasis, links. A line break is a line break, an
address is a link, and whatever else Markdown or HTML would make of a character (headings, rules, quotes,
code, tags, entities) shows as it was typed: people wrote it as text. Only spaces before « : » and the like hold.
"""

import html
import re

import nh3
from linkify_it.main import LinkifyIt, Match  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import link as markdown_link
from markdown_it.token import Token

from faq.domain.markup_blocks import write_blocks
from faq.domain.text.typography import NO_BREAK_SPACE, with_no_break_spaces

MAX_URL = 2_000
"""Characters of a bare address; more is no address, or an attack."""

_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")
_LINE_ENDS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

_ESCAPABLE = "*_[]-"
_PUBLIC_URL = re.compile(r"https?://.|mailto:.|tel:.", re.IGNORECASE)
_SCHEME = re.compile(r"(?:^|[^a-z0-9.+-])(https?)$", re.IGNORECASE)
_PATH = rf"(?:[/?#](?:[^\s<>\"\u00ab\u00bb\u201c\u201d\[\]]|\[[^\s<>\[\]]{{0,99}}\]){{0,{MAX_URL}}})?"
_MAILBOX = r"\w[\w.+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,9}[a-z]{2,24}(?![\w-])"
_CLOSERS = tuple(".,;:!?*'\u2019\u2026")

_SANITISER = nh3.Cleaner(
    tags={"a", "br", "em", "li", "ol", "p", "strong", "ul"},
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="deny",
    link_rel="noopener noreferrer",
)


def render(text: str) -> str:
    """Return the HTML of an answer, safe to put in a page as it is; "" for a text with nothing in it.

    Every text gives a result: a character that no page can show (a control, half a surrogate pair) is
    replaced by U+FFFD. Only the elements and attributes of the sanitiser above can come out.
    """
    safe = _SANITISER.clean(_READER.render(_printable(text))).strip()
    # The sanitiser spells these spaces out: the character itself takes a third of the bytes.
    return safe.replace("&nbsp;", NO_BREAK_SPACE)


def plain(text: str) -> str:
    """Return the words of an answer on one line, without list markers, emphasis and link targets."""
    tokens = _READER.parse(_printable(text))
    return " ".join(" ".join(_words(token.children or []) for token in tokens).split())


def _words(tokens: list[Token]) -> str:
    return "".join(" " if token.tag == "br" else token.content for token in tokens)


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", _LINE_ENDS.sub("\n", _INVISIBLE.sub("", text)))


def _escape(state: StateInline, silent: bool) -> bool:
    """Inline rule: a backslash hides one of our markup characters, and shows before any other (paths)."""
    pair = state.src[state.pos : state.pos + 2]
    if len(pair) < 2 or pair[0] != "\\" or pair[1] not in _ESCAPABLE:
        return False
    if not silent:
        state.push("text_special", "", 0).content = pair[1]
    state.pos += 2
    return True


def _link(state: StateInline, silent: bool) -> bool:
    """Inline rule: the library's link, but `[texte]()` leads nowhere and stays as typed."""
    start = state.pos
    if not markdown_link(state, True):
        return False
    end, state.pos = state.pos, start
    if not state.src[state.src.rfind("(", start, end) + 1 : end - 1].strip():
        return False
    return markdown_link(state, silent)


def _bare_url(state: StateInline, silent: bool) -> bool:
    """Inline rule: a web address is taken whole, before a `_` or a `*` in it could mean emphasis.

    In place of the library's, which searches all the text before every "://" for a scheme.
    """
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.pending[-6:])
    if scheme is None:
        return False
    start = state.pos - len(scheme[1])
    address = _LINKIFIER.match_at_start(state.src[start : start + MAX_URL])
    href = state.md.normalizeLink(address.url) if address else ""
    if not state.md.validateLink(href):
        return False
    state.pending = state.pending[: -len(scheme[1])]
    state.push("link_open", "a", 1).attrSet("href", href)
    state.push("text", "", 0).content = address.text
    state.push("link_close", "a", -1)
    state.pos = start + len(address.text)
    return True


def _hold_together(state: StateCore) -> None:
    """Core rule: no line breaks before the punctuation that French sets apart."""
    for token in state.tokens:
        for part in token.children or ():
            if part.type == "text":
                part.content = with_no_break_spaces(part.content)


class _Linkifier(LinkifyIt):  # type: ignore[misc]
    """The library's finder of bare addresses, tuned to French prose and bounded in time."""

    def _on_compile(self) -> None:
        """Set the patterns of schemeless addresses: the library's take « fin.Il » for a site of Israel."""
        self.re["src_path"] = _PATH
        host, end = self.re["src_host"], self.re["src_port"] + self.re["src_host_terminator"]
        known = rf"(?:{self.re['src_domain']}\.)+(?:fr|com|org|eu)"
        self.re["tpl_link_no_ip_fuzzy"] = rf"((?<![\w@.:/\\-]))((?:www\.{host}|{known}){end}{_PATH})"
        self.re["tpl_email_fuzzy"] = rf"((?<![\w@.+-]))({_MAILBOX})"

    def normalize(self, match: Match) -> None:
        """Return sentences their punctuation back, and prefer https where no scheme was typed."""
        typed = _without_punctuation(match.raw)
        match.last_index -= len(match.raw) - len(typed)
        match.raw = match.text = match.url = typed
        if match.schema:
            super().normalize(match)
        else:
            match.url = f"https://{typed}"


def _without_punctuation(address: str) -> str:
    """Cut what ends the sentence, not the address: a closing bracket stays if it was opened inside."""
    while address.endswith(_CLOSERS) or (address.endswith(")") and address.count("(") < address.count(")")):
        address = address[:-1]
    return address


_LINKIFIER = _Linkifier()


class _Reader(MarkdownIt):
    """The library's parser, with our grammar: "zero" enables nothing but text."""

    def __init__(self) -> None:
        super().__init__("zero", {"breaks": True, "linkify": True})
        self.linkify = _LINKIFIER
        self.core.ruler.at("block", write_blocks)
        self.inline.ruler.at("escape", _escape)
        self.inline.ruler.at("link", _link)
        self.inline.ruler.at("linkify", _bare_url)
        self.core.ruler.push("spaces", _hold_together)
        self.enable(["emphasis", "escape", "link", "linkify", "newline"])

    def validateLink(self, url: str) -> bool:
        """Ask the sanitiser too: an address that it would refuse leaves the text as it was typed."""
        anchor = f'<a href="{html.escape(url)}"></a>'
        return _PUBLIC_URL.match(url) is not None and "href=" in _SANITISER.clean(anchor)

    def normalizeLinkText(self, link: str) -> str:
        """Show a bare address as it was typed, so that it can be copied."""
        return link


_READER = _Reader()
