"""The tokenizer, which cuts French texts into tokens and caches those of recent chunks: texts repeat few words."""

import re
from collections.abc import Iterator

from faq.domain.text.french import NAMES
from faq.domain.text.normalisation import ZERO_WIDTH
from faq.domain.text.tokens import PlacedToken, Token, build_token

SENTENCE_ENDS = ".!?;"
"""Characters at the end of a chunk that end a sentence for `tokenize_sentences`."""
_CAPITAL_BEFORE = (".", "!", "?", ":", ";", "…", '."', ".)", ".»", ".”")
"""Endings of a chunk after which a capital letter is no sign of a name."""
_AROUND_LINK = ".,;:!?)]»\"'’”"
_NAME_SEPARATOR = re.compile(r"[\s\u2010\u2011-]")
_JOINER = "\ue000"
"""Stands in the place of the separators within a name of several words; private use, so that no text holds it."""
_CHUNK = re.compile(r"\n|\S+")
_LETTER = f"(?:[^\\W\\d_]|[\u0300-\u036f{ZERO_WIDTH}])"
_WORD = re.compile(
    rf"""
    (?P<link>(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:[\w-]+\.)+(?:fr|com|org|eu|net)\b(?:/\S*)?)
    |(?P<name>{_LETTER}+(?:{_JOINER}+{_LETTER}+)+|\be[\u2010\u2011-]{_LETTER}+)
    |(?P<code>{_LETTER}*\d+{_LETTER}[\w]*(?:[.-]\w*\d\w*)*|{_LETTER}+\d[\w]*(?:[.-]\w*\d\w*)*)
    |(?P<number>\d+(?:[.,/:]\d+)*)
    |(?P<elision>(?:[ldjmtscn]|qu|jusqu|lorsqu|puisqu|quoiqu)(?=['’‘ʼ´`]))
    |(?P<word>{_LETTER}+|[%€])
    """,
    re.VERBOSE | re.IGNORECASE,
)

_ChunkTokens = tuple[tuple[Token, ...], tuple[tuple[int, int], ...]]
"""The tokens of a chunk, and where each of them begins and ends in it."""
_CACHE: dict[str, _ChunkTokens] = {}
_CACHE_SIZE = 30_000
"""Chunks that are cached at most, about 10 MB."""


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a text in order."""
    tokens: list[Token] = []
    for chunk in _join_names(text).split():
        tokens += (_CACHE.get(chunk) or _analyse_chunk(chunk))[0]
    return tokens


def tokenize_sentences(text: str) -> list[list[Token]]:
    """Return the tokens of a text, sentence by sentence; the end of a line ends a sentence too."""
    sentences: list[list[Token]] = []
    for line in split_chunks(text):
        sentence: list[Token] = []
        for chunk in line:
            sentence += (_CACHE.get(chunk) or _analyse_chunk(chunk))[0]
            if chunk[-1] in SENTENCE_ENDS:
                sentences.append(sentence)
                sentence = []
        sentences.append(sentence)
    return sentences


def split_chunks(text: str) -> list[list[str]]:
    """Return the chunks of a text, line by line: the stretches between spaces, with names of several words whole.

    A chunk that ends with one of SENTENCE_ENDS ends a sentence.
    """
    return [line.split() for line in _join_names(text).split("\n")]


def tokenize_chunk(chunk: str) -> tuple[Token, ...]:
    """Return the tokens of a chunk; `tokenize` returns those of all chunks of a text."""
    return _analyse_chunk(chunk)[0]


def placed_tokens(text: str) -> list[PlacedToken]:
    """Return the tokens of a text in order, each with its place, for words that are shown to people."""
    placed: list[PlacedToken] = []
    starts_sentence = True
    for chunk in _CHUNK.finditer(_join_names(text)):
        if chunk[0] == "\n":
            starts_sentence = True
            continue
        offset = chunk.start()
        for token, (start, end) in zip(*_analyse_chunk(chunk[0]), strict=True):
            placed.append(PlacedToken(token, offset + start, offset + end, starts_sentence))
            starts_sentence = False
        starts_sentence = starts_sentence or chunk[0].endswith(_CAPITAL_BEFORE)
    return placed


def find_names(text: str) -> Iterator[tuple[int, int]]:
    """Return where each name of several words, such as « Pro Santé Connect », begins and ends in a text."""
    lowered = text.lower()
    if len(lowered) != len(text):
        # A few capitals, such as the Turkish dotted I, have two characters in lower case: places must not move.
        lowered = "".join(letter.lower()[0] for letter in text)
    for hint, name in NAMES:
        if hint in lowered:
            for found in name.finditer(lowered):
                yield found.span()


def _join_names(text: str) -> str:
    """Return a text of the same length in which names of several words are one chunk each."""
    for start, end in find_names(text):
        text = text[:start] + _NAME_SEPARATOR.sub(_JOINER, text[start:end]) + text[end:]
    return text


def _analyse_chunk(chunk: str) -> _ChunkTokens:
    known = _CACHE.get(chunk)
    if known is None:
        if len(_CACHE) >= _CACHE_SIZE:
            _CACHE.clear()
        found = list(_find_tokens(chunk))
        known = _CACHE[chunk] = tuple(token for token, _ in found), tuple(place for _, place in found)
    return known


def _find_tokens(chunk: str) -> Iterator[tuple[Token, tuple[int, int]]]:
    for found in _WORD.finditer(chunk):
        group = str(found.lastgroup)
        surface = found[0].rstrip(_AROUND_LINK) if group == "link" else found[0]
        if token := build_token(group, surface):
            yield token, (found.start(), found.start() + len(surface))
