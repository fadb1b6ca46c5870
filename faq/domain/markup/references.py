"""The links between entries: « Q-26 » in an answer, wherever it is no part of a word, of an address or of a link."""

import re
from collections.abc import Iterator

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

SCHEME = "fiche:"
"""The scheme of the addresses of entries in the HTML of a compiled answer."""

_ONE = r"Q[-\u2010\u2011]([1-9][0-9]{0,16})"
_REFERENCES = re.compile(rf"(?<![\w@#&%=+./?~\u2010\u2011-]){_ONE}(?:/{_ONE})*+(?![\w@]|[-\u2010\u2011/.]\w)")
_REFERENCE = re.compile(_ONE)
_LINKED = re.compile(rf'<a href="{SCHEME}([0-9]+)"')


def find_linked_numbers(html: str) -> list[int]:
    """Return the numbers of the entries to which the HTML of a compiled answer links, once each, in reading order."""
    return list(dict.fromkeys(map(int, _LINKED.findall(html)))) if SCHEME in html else []


def find_reference_numbers(text: str) -> set[int]:
    """Return the numbers of all references in a text, those in links and addresses included."""
    found = (match[0] for match in _REFERENCES.finditer(text))
    return {int(number) for references in found for number in _REFERENCE.findall(references)}


def link_references(state: StateCore) -> None:
    """Make links of the references in all texts: a core rule. A backslash, as in `Q\\-26`, leaves one as it is."""
    for block in state.tokens:
        if block.children and "Q" in block.content:
            block.children = list(_link_within(block.children))


def _link_within(tokens: list[Token]) -> Iterator[Token]:
    depth = 0
    for at, token in enumerate(tokens):
        if token.tag == "a":
            depth += token.nesting
        if token.type != "text" or depth or "Q" not in token.content:
            yield token
            continue
        before, after = _get_neighbour(tokens, at, -1)[-1:], _get_neighbour(tokens, at, 1)[:2]
        yield from _split_text(token, before, after)


def _split_text(token: Token, before: str, after: str) -> Iterator[Token]:
    """Yield a text in pieces, with the links between them; the characters around it tell where words end."""
    text, done = f"{before}{token.content}{after}", len(before)
    end = len(text) - len(after)
    for found in _REFERENCES.finditer(text):
        for match in _REFERENCE.finditer(text, found.start(), found.end()):
            yield _build_text(token, text[done : match.start()])
            yield Token("link_open", "a", 1, attrs={"href": f"{SCHEME}{match[1]}"})
            yield _build_text(token, match[0])
            yield Token("link_close", "a", -1)
            done = match.end()
    yield _build_text(token, text[done:end])


def _build_text(token: Token, text: str) -> Token:
    return Token("text", "", 0, level=token.level, content=text)


def _get_neighbour(tokens: list[Token], at: int, step: int) -> str:
    """Return the text that touches another one, through marks of emphasis; "" at a line's end."""
    at += step
    while 0 <= at < len(tokens) and tokens[at].type in ("em_open", "em_close", "strong_open", "strong_close"):
        at += step
    return tokens[at].content if 0 <= at < len(tokens) and tokens[at].type in ("text", "text_special") else ""
