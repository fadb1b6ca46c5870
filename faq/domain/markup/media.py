"""The images and documents of an answer: references to files that editors uploaded.

`![texte alternatif](media:<32 hexadecimal digits>.png)` shows an image, decorative where the text is empty;
`[Nom du document (PDF, 320 ko)](media:<32 hexadecimal digits>.pdf)` links to a document. The digits begin the
SHA-256 of the file. Everything else that looks like an image stays as it was typed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from faq.domain.limits import MEDIA_TEXT_MAX_LENGTH

SCHEME = "media:"
"""The scheme of a reference in the Markdown of an answer."""
IMAGE_EXTENSIONS = ("png", "jpg", "webp")
EXTENSIONS = (*IMAGE_EXTENSIONS, "pdf")
_DIGITS = "[0-9a-f]{32}"
NAME = rf"{_DIGITS}\.(?:{'|'.join(EXTENSIONS)})"
"""The pattern of the name of a file, in references and in public addresses."""

FILE_ADDRESS = rf"{SCHEME}{NAME}"
"""The pattern of the address of a file in a reference."""
_FILE = re.compile(f"({FILE_ADDRESS})")

_TEXT = rf"(?:[^\[\]\\\n]|\\[^\n]|\[[^\[\]\\\n]{{0,100}}\]){{0,{MEDIA_TEXT_MAX_LENGTH}}}+"
_REFERENCE = re.compile(
    rf"!\[(?P<alternative>{_TEXT})\]\({SCHEME}(?P<image>{_DIGITS}\.(?:{'|'.join(IMAGE_EXTENSIONS)}))\)"
    rf"|(?<!\\)\[(?P<title>{_TEXT})\]\({SCHEME}(?P<document>{NAME})\)"
)
_ESCAPE = re.compile(r"\\([*_\[\]|-])")
_UNFIT_FOR_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_TITLE = "title"
"""Marks the token that holds the text of a link to a document."""


class MediaKind(StrEnum):
    """The use that an answer makes of a file."""

    IMAGE = "image"
    """The file is shown within the answer."""
    DOCUMENT = "document"
    """The answer links to the file."""


@dataclass(frozen=True, slots=True)
class MediaReference:
    """A reference to a file in the text of an answer."""

    name: str
    """The name of the file: 32 hexadecimal digits, a full stop and the extension."""
    text: str
    """The alternative text of an image, "" for a decorative one, or the text of the link to a document."""
    kind: MediaKind
    start: int
    """The place of the reference in the text."""
    end: int


def find_media_references(text: str) -> list[MediaReference]:
    """Return the references of a text in reading order; a file that is used twice comes twice."""
    return [_build_reference(match) for match in _REFERENCE.finditer(text)]


def split_file_addresses(text: str) -> list[str]:
    """Return a text in pieces, each either the address of a file in a reference, « media:….png », or without any."""
    return [piece for piece in _FILE.split(text) if piece] if SCHEME in text else [text]


def is_file_address(text: str) -> bool:
    """Return whether a piece of text is the address of a file in a reference."""
    return text.startswith(SCHEME) and _FILE.fullmatch(text) is not None


def mask_references(text: str) -> str:
    """Return a text of the same length in which letters stand in the places of the references."""
    return _REFERENCE.sub(lambda match: "x" * len(match[0]), text)


def parse_media(state: StateInline, silent: bool) -> bool:
    """Parse a reference to a file: an inline rule. It comes before the rule of links."""
    match = _REFERENCE.match(state.src, state.pos, state.posMax)
    if match is None or (match["document"] and state.linkLevel):
        return False
    if not silent:
        reference = _build_reference(match)
        (_push_image if reference.kind is MediaKind.IMAGE else _push_link)(state, reference)
    state.pos = match.end()
    return True


def set_media_apart(state: StateCore) -> None:
    """Make figures of the paragraphs of images alone, and downloads of the links to documents alone: a core rule."""
    tokens = state.tokens
    for at, token in enumerate(tokens):
        if token.type != "inline" or not token.children:
            continue
        kinds = {_get_kind(child) for child in token.children} - {None}
        if kinds == {MediaKind.IMAGE} and tokens[at - 1].type == "paragraph_open":
            tokens[at - 1].tag = tokens[at + 1].tag = "figure"
            token.children = [child for child in token.children if child.type == "image_of_media"]
        elif kinds == {MediaKind.DOCUMENT}:
            token.children = list(_write_downloads(token.children))


def _get_kind(token: Token) -> MediaKind | str | None:
    """Return what a token within a block belongs to: an image, a link to a document, or its type; None for a break."""
    if token.type == "softbreak" or (token.type == "text" and not token.content.strip()):
        return None
    if token.type == "image_of_media":
        return MediaKind.IMAGE
    is_of_document = token.type in ("document_open", "document_close") or token.info == _TITLE
    return MediaKind.DOCUMENT if is_of_document else token.type


def _build_reference(match: re.Match[str]) -> MediaReference:
    if match["image"]:
        name, text, kind = match["image"], match["alternative"], MediaKind.IMAGE
    else:
        name, text, kind = match["document"], match["title"], MediaKind.DOCUMENT
    return MediaReference(name, _ESCAPE.sub(r"\1", text), kind, match.start(), match.end())


def _push_image(state: StateInline, reference: MediaReference) -> None:
    token = state.push("image_of_media", "img", 0)
    token.content = reference.text
    token.attrs = {"src": SCHEME + reference.name, "alt": reference.text, "loading": "lazy"}


def _push_link(state: StateInline, reference: MediaReference) -> None:
    opening = state.push("document_open", "a", 1)
    opening.attrs = {"href": SCHEME + reference.name, "download": _file_name(reference)}
    title = state.push("text", "", 0)
    title.content, title.info = reference.text or reference.name, _TITLE
    state.push("document_close", "a", -1)


def _file_name(reference: MediaReference) -> str:
    """Return the name under which a browser stores a document: its title, without the format and the size."""
    title, _ = _split_detail(reference.text)
    words = " ".join(_UNFIT_FOR_FILE_NAMES.sub(" ", title).split())[:100].strip(" .")
    return f"{words}.{reference.name.partition('.')[2]}" if words else reference.name


def _split_detail(text: str) -> tuple[str, str]:
    """Return a title and what stands in the brackets at its end, « PDF, 320 ko »; "" for the latter without any."""
    title, bracket, detail = text.rstrip().rpartition("(")
    is_detailed = bracket and title.strip() and detail.endswith(")") and ")" not in detail[:-1]
    return (title.rstrip(), detail[:-1]) if is_detailed else (text, "")


def _write_downloads(tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens of links to documents as the design system writes downloads: format and size in a detail."""
    for token in tokens:
        if token.type == "document_open":
            token.attrJoin("class", "fr-link fr-link--download")
        title, detail = _split_detail(token.content) if token.info == _TITLE else ("", "")
        if not detail:
            yield token
            continue
        yield Token("text", "", 0, content=f"{title} ")
        yield Token("detail_open", "span", 1, attrs={"class": "fr-link__detail"})
        yield Token("text", "", 0, content=f"({detail})")
        yield Token("detail_close", "span", -1)
