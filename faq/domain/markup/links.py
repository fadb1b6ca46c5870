"""The links of an answer: Markdown links, and bare addresses as they were typed."""

import re
from functools import lru_cache

from linkify_it.main import LinkifyIt, Match  # type: ignore[import-untyped]
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import link as library_link

MAX_URL = 2_000
"""Characters of a bare address; more is no address, or an attack."""

_BRACKETS = re.compile(r"\\[*_\[\]-]|[\[\]]")
"""Brackets, and the escapes that hide one."""
_SCHEME = re.compile(r"(?:^|[^a-z0-9.+-])(https?)$", re.IGNORECASE)
_PATH = rf"(?:[/?#](?:[^\s<>\"\u00ab\u00bb\u201c\u201d\[\]]|\[[^\s<>\[\]]{{0,99}}\]){{0,{MAX_URL}}})?"
_MAILBOX = r"\w[\w.+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,9}[a-z]{2,24}(?![\w-])"
_SENTENCE_PUNCTUATION = tuple(".,;:!?*'\u2019\u2026")


def parse_link(state: StateInline, silent: bool) -> bool:
    """Parse a Markdown link: an inline rule. Unlike with the library's, `[texte]()` stays as it was typed."""
    start = state.pos
    # The library looks through the text from each bracket, which takes a second where brackets only open.
    if start not in _find_labels(state.src) or not library_link(state, True):
        return False
    end, state.pos = state.pos, start
    if not state.src[state.src.rfind("(", start, end) + 1 : end - 1].strip():
        return False
    return library_link(state, silent)


@lru_cache(maxsize=4)
def _find_labels(text: str) -> frozenset[int]:
    """Return the places of the brackets whose closing one stands before a parenthesis, as the text of a link does."""
    labels, open_brackets = set(), []
    for bracket in _BRACKETS.finditer(text):
        match bracket[0]:
            case "[":
                open_brackets.append(bracket.start())
            case "]" if open_brackets:
                start = open_brackets.pop()
                if text.startswith("(", bracket.end()):
                    labels.add(start)
    return frozenset(labels)


def parse_bare_url(state: StateInline, silent: bool) -> bool:
    """Parse a web address as a whole, before a `_` or a `*` in it could mean emphasis: an inline rule.

    It replaces the library's, which searches all the text before every "://" for a scheme.
    """
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.pending[-6:])
    if scheme is None:
        return False
    start = state.pos - len(scheme[1])
    address = LINKIFIER.match_at_start(state.src[start : start + MAX_URL])
    href = state.md.normalizeLink(address.url) if address else ""
    if not state.md.validateLink(href):
        return False
    state.pending = state.pending[: -len(scheme[1])]
    state.push("link_open", "a", 1).attrSet("href", href)
    state.push("text", "", 0).content = address.text
    state.push("link_close", "a", -1)
    state.pos = start + len(address.text)
    return True


class _Linkifier(LinkifyIt):  # type: ignore[misc]
    """The library's finder of bare addresses, tuned to French prose and bounded in time."""

    def _on_compile(self) -> None:
        """Set the patterns of addresses without a scheme: the library's take « fin.Il » for a site in Israel."""
        self.re["src_path"] = _PATH
        host, end = self.re["src_host"], self.re["src_port"] + self.re["src_host_terminator"]
        known = rf"(?:{self.re['src_domain']}\.)+(?:fr|com|org|eu)"
        self.re["tpl_link_no_ip_fuzzy"] = rf"((?<![\w@.:/\\-]))((?:www\.{host}|{known}){end}{_PATH})"
        self.re["tpl_email_fuzzy"] = rf"((?<![\w@.+-]))({_MAILBOX})"

    def normalize(self, match: Match) -> None:
        """Leave the punctuation that ends a sentence out of a match, and use https where no scheme was typed."""
        typed = _without_punctuation(match.raw)
        match.last_index -= len(match.raw) - len(typed)
        match.raw = match.text = match.url = typed
        if match.schema:
            super().normalize(match)
        else:
            match.url = f"https://{typed}"


def _without_punctuation(address: str) -> str:
    """Return an address without what ends its sentence; a closing bracket stays if it was opened inside."""
    while address.endswith(_SENTENCE_PUNCTUATION) or (
        address.endswith(")") and address.count("(") < address.count(")")
    ):
        address = address[:-1]
    return address


LINKIFIER = _Linkifier()
