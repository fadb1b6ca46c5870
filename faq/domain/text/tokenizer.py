"""The tokenizer, which cuts French texts into tokens and caches those of recent chunks: texts repeat few words."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from faq.domain.text.french import JOINER, NAMES, SPELT_NUMBER
from faq.domain.text.normalisation import ZERO_WIDTH
from faq.domain.text.notations import DASH, LETTER, MONTH_NAMES, UNITS, find_notations
from faq.domain.text.parts import find_parts
from faq.domain.text.tokens import PlacedToken, Token, TokenKind, build_token

SENTENCE_ENDS = ".!?;"
"""Characters at the end of a chunk that end a sentence for `tokenize_sentences`."""
_CAPITAL_BEFORE = (".", "!", "?", ":", ";", "…", '."', ".)", ".»", ".”")
"""Endings of a chunk after which a capital letter is no sign of a name."""
_AROUND_LINK = ".,;:!?)]»\"'’”"
_CHUNK = re.compile(r"\S+")
_ZERO_WIDTH = re.compile(f"[{ZERO_WIDTH}]")
_UNREAD = re.compile(f"(?<={JOINER})[{JOINER}{ZERO_WIDTH}]+|[{ZERO_WIDTH}]+")
"""Characters that do not count within a chunk: zero-width ones, and of several blanks all but the first."""
_BLANK = re.compile(r"\s")
_PLAIN_WORD = re.compile(r"[(\"«]?([^\W\d_]+)[.,;:!?)\"»]*")
_J = JOINER
_DOMAINS = "fr|com|org|eu|net|io|info|be|ch|lu|pro|app|dev|health"
_WORD = re.compile(
    rf"""
    (?P<link>
        (?:https?://|www\.)\S+
        |(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++
        |(?<![\w.-])(?:[\w-]++\.(?=[\w-]))++(?:{_DOMAINS})\b(?:[/:]\S*)?
    )
    |(?P<first_day>
        (?<![\w.,/:-])\d{{1,2}}(?:er|ᵉʳ)?(?={_J}(?:au|et){_J}\d{{1,2}}(?P<month>{_J}(?:{MONTH_NAMES})\b\.?(?:{_J}\d{{4}})?))
    )
    |(?P<date>
        (?<![\w.,/:-])
        (?:
            \d{{1,2}}(?:er|ᵉʳ)?{_J}?(?:{MONTH_NAMES})\b\.?(?:{_J}?\d{{4}})?
            |\d{{1,2}}(?P<dmy>{_J}?[/.-]{_J}?)\d{{1,2}}(?P=dmy)\d{{4}}
            |\d{{4}}(?P<ymd>[-/.])\d{{1,2}}(?P=ymd)\d{{1,2}}
            |\d{{1,2}}/\d{{4}}
            |\d\d/\d\d(?:/\d\d)?
            |(?:{MONTH_NAMES})\.?{_J}\d{{4}}
        )
        (?![\w/]|[.,:-]\d)
    )
    |(?P<spelt>\b(?:{SPELT_NUMBER}(?:{_J}(?:millions?|milliards?)\b)?|un{_J}(?:million|milliard)\b))
    |(?P<acronym>(?<![\w.])[^\W\d_](?:\.{_J}?[^\W\d_](?!\w))++)
    |(?P<percent>pour{_J}cent\b)
    |(?P<name>(?<!\w)(?:{NAMES})|(?<!\w)e{_J}{LETTER}{{2,}}|\be{DASH}{LETTER}+|(?<![\w-])[kmix]{DASH}{LETTER}{{2,}})
    |(?P<hour>(?<![\w.,/:-])(?:[01]?\d|2[0-3])(?:{_J}?h{_J}?|:)[0-5]\d(?![\w:]))
    |(?P<version>(?<![\w.,/:-])\d{{1,3}}(?:\.\d{{1,2}}){{2,}}(?!\w|[.,]\d))
    |(?P<scaled>\d+(?:{_J}\d{{3}})*(?:[.,]\d+)?(?:{_J}?(?:k|md?)(?=€)|{_J}(?:millions?|milliards?)\b))
    |(?P<quantity>\d+(?:{_J}\d{{3}})*(?:[.,]\d+)*(?={_J}?(?:{UNITS})(?![\w'’])))
    |(?P<unit>(?<=[\d{_J}])(?:{UNITS})(?![\w'’]))
    |(?P<prefix>(?-i:[A-Z]++(?=v\d)))
    |(?P<code>
        (?:
            (?<!\w)(?!(?:au|et){_J})(?:{LETTER}+{_J}|[alrdv]\.{_J}?|(?:(?-i:[A-Z]{{1,6}})|{LETTER}{{1,3}})(?:{DASH}|_))\d
            |{LETTER}*\d+(?!v\d){LETTER}
            |{LETTER}+\d
        )
        (?:(?!(?<!_)v\d)\w)*(?:[.-]\w*\d\w*)*
    )
    |(?P<number>\d+(?:{_J}\d{{3}})*(?:[.,/:]\d+)*)
    |(?P<elision>(?:[ldjmtscn]|qu|jusqu|lorsqu|puisqu|quoiqu)(?=['’‘ʼ´`]))
    |(?P<word>{LETTER}+|[%€])
    """,
    re.VERBOSE | re.IGNORECASE,
)

_ChunkTokens = tuple[tuple[Token, ...], tuple[tuple[int, int], ...]]
"""The tokens of a chunk, and where each of them begins and ends in it."""
_CACHE_SIZE = 30_000
"""Chunks that are cached at most, about 10 MB."""
_LONGEST_CACHED = 100
"""Characters of the longest chunk that is cached."""


class _ChunkCache(dict[str, _ChunkTokens]):
    """The chunks that were analysed lately."""

    def __missing__(self, chunk: str) -> _ChunkTokens:
        found = list(_find_tokens(chunk))
        analysed = tuple(token for token, _ in found), tuple(place for _, place in found)
        if len(chunk) <= _LONGEST_CACHED:
            if len(self) >= _CACHE_SIZE:
                self.clear()
            self[chunk] = analysed
        return analysed


class _TokenCache(dict[str, tuple[Token, ...]]):
    """The tokens alone of the chunks that were analysed lately."""

    def __missing__(self, chunk: str) -> tuple[Token, ...]:
        tokens = _CHUNKS[chunk][0]
        if len(chunk) <= _LONGEST_CACHED:
            if len(self) >= _CACHE_SIZE:
                self.clear()
            self[chunk] = tokens
        return tokens


_CHUNKS = _ChunkCache()
_TOKENS = _TokenCache()


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a text in order."""
    chunks = chain.from_iterable(split_chunks(text))
    return list(chain.from_iterable(map(_TOKENS.__getitem__, chunks)))


def tokenize_sentences(text: str) -> list[list[Token]]:
    """Return the tokens of a text, sentence by sentence; the end of a line ends a sentence too."""
    sentences: list[list[Token]] = []
    for line in split_chunks(text):
        sentence: list[Token] = []
        for chunk in line:
            sentence += _TOKENS[chunk]
            if chunk[-1] in SENTENCE_ENDS:
                sentences.append(sentence)
                sentence = []
        sentences.append(sentence)
    return sentences


def split_chunks(text: str) -> list[list[str]]:
    """Return the chunks of a text, line by line: the stretches between spaces, with notations whole.

    A chunk that ends with one of SENTENCE_ENDS ends a sentence.
    """
    lines = [line.split() for line in _show_only(text).split("\n")]
    for chunks in lines:
        if found := find_notations(chunks):
            for start, end in reversed(found):
                chunks[start:end] = [JOINER.join(chunks[start:end])]
    return lines


def tokenize_chunk(chunk: str) -> tuple[Token, ...]:
    """Return the tokens of a chunk; `tokenize` returns those of all chunks of a text."""
    return _TOKENS[chunk]


def placed_tokens(text: str) -> list[PlacedToken]:
    """Return the tokens of a text in order, each with its place, for words that are shown to people."""
    placed: list[PlacedToken] = []
    offset = 0
    for line in text.split("\n"):
        starts_sentence = True
        for start, chunk in _place_chunks(line):
            for token, (first, last) in zip(*_CHUNKS[chunk], strict=True):
                placed.append(PlacedToken(token, offset + start + first, offset + start + last, starts_sentence))
                starts_sentence = False
            starts_sentence = starts_sentence or _show_only(chunk).endswith(_CAPITAL_BEFORE)
        offset += len(line) + 1
    return placed


def _place_chunks(line: str) -> list[tuple[int, str]]:
    """Return the chunks of a line with their places; JOINER stands for each blank within a notation."""
    found = [(chunk.start(), chunk.end()) for chunk in _CHUNK.finditer(line) if _show_only(chunk[0])]
    for first, end in reversed(find_notations([_show_only(line[start:stop]) for start, stop in found])):
        found[first:end] = [(found[first][0], found[end - 1][1])]
    return [(start, _BLANK.sub(JOINER, line[start:stop])) for start, stop in found]


def _show_only(text: str) -> str:
    """Return a text without its zero-width characters, which part no word, date or number."""
    return text if text.isascii() else _ZERO_WIDTH.sub("", text)


def _find_tokens(chunk: str) -> Iterator[tuple[Token, tuple[int, int]]]:
    """Yield the tokens of a chunk, each with its place."""
    if chunk.isascii() or not _UNREAD.search(chunk):
        yield from _find_shown_tokens(chunk)
        return
    unread = {place for found in _UNREAD.finditer(chunk) for place in range(*found.span())}
    places = [place for place in range(len(chunk)) if place not in unread]
    for token, (start, end) in _find_shown_tokens("".join(chunk[place] for place in places)):
        yield token, (places[start], places[end - 1] + 1)


def _find_shown_tokens(chunk: str) -> Iterator[tuple[Token, tuple[int, int]]]:
    if plain := _PLAIN_WORD.fullmatch(chunk):
        # Most chunks: the pattern with all notations takes several times longer.
        token = build_token("word", plain[1], _tokens_of_parts("word", plain[1]))
        if token is not None:
            yield token, plain.span(1)
        return
    for found in _WORD.finditer(chunk):
        group = str(found.lastgroup)
        surface = found[0].rstrip(_AROUND_LINK) if group == "link" else found[0]
        # « Du 3 au 14 juin » means the 3rd of June too.
        month = found["month"] if group == "first_day" else ""
        build = _build_found if len(surface) <= _LONGEST_CACHED else _build_found.__wrapped__
        token = build(group, surface, month)
        if token is not None:
            yield token, (found.start(), found.start() + len(surface))


@lru_cache(_CACHE_SIZE)
def _build_found(group: str, surface: str, month: str) -> Token | None:
    """Return the token of what the pattern found; long chunks, which are not cached whole, repeat few words too."""
    parts = _tokens_of_parts(group, surface)
    return build_token("date", surface + month, parts) if month else build_token(group, surface, parts)


def _tokens_of_parts(group: str, surface: str) -> list[Token]:
    """Return the tokens of the parts of a word and those of their own parts, once each, without function words."""
    found: dict[str, Token] = {}
    for part in find_parts(group, surface):
        for token in tokenize_chunk(part) if part != surface else ():
            if token.kind is not TokenKind.STOP:
                found.update((each.key, each) for each in (token, *token.parts))
    return list(found.values())
