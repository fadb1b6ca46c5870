"""How texts are compared: one normal form for equality, one folding for lookups, one analysis into words."""

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import Stemmer  # type: ignore[import-not-found]

from faq.domain.french import COMMON_WORDS, NAMES, NEGATIONS, NUMBERS, STOP_WORDS

FINGERPRINT_LENGTH = 32
"""Hexadecimal digits of a fingerprint (128 bits: a clash by chance needs about 2**64 texts)."""

_ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033"
_HYPHENS = "\u2010\u2011"

_SAME_CHARACTER = (
    dict.fromkeys(_ZERO_WIDTH, "")
    | dict.fromkeys(_SINGLE_QUOTES, "'")
    | dict.fromkeys(_DOUBLE_QUOTES, '"')
    | dict.fromkeys(_HYPHENS, "-")
)
# Few characters of a text are among these: a pattern finds them several times faster than str.translate.
_TRANSLATED = re.compile(f"[{''.join(_SAME_CHARACTER)}]")
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
"""The blocks of combining diacritical marks."""
_GUILLEMETS = re.compile(r"\u00ab\s*|\s*\u00bb")


def normalise(text: str) -> str:
    """Return the form in which two texts are « the same text ».

    Unicode composition (NFC), zero-width characters, kinds of quotes, of hyphens and of white
    space do not count; letters, case, accents, digits and other punctuation do. Line breaks are
    white space. The function is idempotent.
    """
    composed = unicodedata.normalize("NFC", _translate(text))
    # Composition may give a quote (U+1FEF becomes a grave accent), hence the second translation.
    quoted = _GUILLEMETS.sub('"', _translate(composed))
    return " ".join(quoted.split())


def fingerprint(text: str) -> str:
    """Return the key of a text: equal exactly for texts of equal normal form.

    BLAKE2b (RFC 7693) of the normal form in UTF-8, as FINGERPRINT_LENGTH hexadecimal digits. The
    fingerprint of a text with nothing in it is the empty string: nothing equals nothing.
    """
    normal = normalise(text)
    if not normal:
        return ""
    return hashlib.blake2b(normal.encode(), digest_size=FINGERPRINT_LENGTH // 2).hexdigest()


def fold(text: str) -> str:
    """Return the normal form without case and accents, for lookups that SQLite and PostgreSQL answer alike."""
    decomposed = unicodedata.normalize("NFKD", normalise(text).casefold())
    # Compatibility forms may come apart into capitals, quotes and spaces of their own.
    return normalise(_MARKS.sub("", decomposed).casefold())


def _translate(text: str) -> str:
    return _TRANSLATED.sub(lambda found: _SAME_CHARACTER[found[0]], text)


COMMON_WEIGHT = 2
"""Weight of the words that nearly every answer may hold."""


class Kind(Enum):
    """What sort of thing a word is."""

    STOP = "mot outil"
    WORD = "mot"
    NEGATION = "négation"
    NUMBER = "nombre"
    CODE = "code"
    NAME = "nom"
    LINK = "lien"


@dataclass(frozen=True, slots=True)
class Term:
    """One word as it is compared, wherever it stands."""

    key: str
    """The stem without accents, the value of a number, an address without its scheme."""
    folded: str
    """The word itself without case and accents: what misspellings are told by."""
    kind: Kind
    weight: int
    """How much sharing it tells: 0 for function words, up to 4. Equal for equal keys."""
    mark: int
    """A 32-bit hash of the key."""
    capital: bool = False
    """Whether it is written with a capital."""
    common: bool = False
    """Whether it counts, and formulas that any answer may end with are made of such: common words and links."""


class Token(NamedTuple):
    """A word at its place in a text."""

    term: Term
    start: int
    end: int
    opens: bool
    """Whether a sentence, or a line, begins with it."""


def terms(text: str) -> list[Term]:
    """Return the words of a text in order: what indexes hold."""
    found: list[Term] = []
    for chunk in _joined(text).split():
        found += (_CHUNKS.get(chunk) or _pieces(chunk))[0]
    return found


def sentences(text: str) -> list[list[Term]]:
    """Return the words of a text in order, sentence by sentence; a line ends a sentence, too."""
    found: list[list[Term]] = []
    for line in chunks(text):
        sentence: list[Term] = []
        for chunk in line:
            sentence += (_CHUNKS.get(chunk) or _pieces(chunk))[0]
            if chunk[-1] in FULL_STOPS:
                found.append(sentence)
                sentence = []
        found.append(sentence)
    return found


def chunks(text: str) -> list[list[str]]:
    """Return what stands between the spaces of a text, line by line, names of several words in one piece.

    One that ends with one of FULL_STOPS ends a sentence.
    """
    return [line.split() for line in _joined(text).split("\n")]


def terms_of_chunk(chunk: str) -> tuple[Term, ...]:
    """Return the words of one of the chunks of a text: `terms` gives those of them all."""
    return _pieces(chunk)[0]


def tokens(text: str) -> list[Token]:
    """Return the words of a text, each with its place: what people are shown."""
    found: list[Token] = []
    opens = True
    for chunk in _CHUNK.finditer(_joined(text)):
        if chunk[0] == "\n":
            opens = True
            continue
        begin = chunk.start()
        for term, (start, end) in zip(*_pieces(chunk[0]), strict=True):
            found.append(Token(term, begin + start, begin + end, opens))
            opens = False
        opens = opens or chunk[0].endswith(_SENTENCE_ENDS)
    return found


def stem(folded: str) -> str:
    """Return the stem of a folded word: inflected forms share it, whether their accents were typed or not."""
    if len(folded) <= _UNSTEMMED:
        return folded
    # The stemmer knows these endings by their accents, which folding took away.
    accented = _ACCENTED_ENDING.sub(lambda ending: "ité" if ending[0].startswith("it") else "é", folded)
    return _MARKS.sub("", unicodedata.normalize("NFKD", _STEMMER.stemWord(accented)))


def names_in(text: str) -> Iterator[tuple[int, int]]:
    """Return where each name of several words begins and ends."""
    lowered = text.lower()
    if len(lowered) != len(text):
        # A few capitals, such as a Turkish one, are two characters when small: places must not move.
        lowered = "".join(letter.lower()[0] for letter in text)
    for hint, name in NAMES:
        if hint in lowered:
            for found in name.finditer(lowered):
                yield found.span()


def _joined(text: str) -> str:
    """Hold names of several words together; every place in the text stays what it was."""
    for start, end in names_in(text):
        text = text[:start] + _JOINED.sub(_JOINER, text[start:end]) + text[end:]
    return text


_Pieces = tuple[tuple[Term, ...], tuple[tuple[int, int], ...]]


def _pieces(chunk: str) -> _Pieces:
    """Return the words of what stands between two spaces, and the place of each in there."""
    known = _CHUNKS.get(chunk)
    if known is None:
        if len(_CHUNKS) >= _MOST_CHUNKS:
            _CHUNKS.clear()
        split = list(_split(chunk))
        known = _CHUNKS[chunk] = tuple(term for term, _ in split), tuple(place for _, place in split)
    return known


def _split(chunk: str) -> Iterator[tuple[Term, tuple[int, int]]]:
    for found in _PIECE.finditer(chunk):
        group = str(found.lastgroup)
        surface = found[0].rstrip(_AROUND_LINK) if group == "link" else found[0]
        if term := _term(group, surface):
            yield term, (found.start(), found.start() + len(surface))


def _term(group: str, surface: str) -> Term | None:
    """Return what a word is compared as; None where nothing of it remains."""
    folded = fold(surface)
    if group == "link":
        return _made(_LINK_DRESS.sub("", folded), folded, Kind.LINK)
    if group == "number":
        return _made(_value(folded), folded, Kind.NUMBER)
    if group == "code":
        return _made(_ORDINAL.sub(r"\1e", folded), folded, Kind.CODE)
    if group == "name":
        # « Sages-femmes » is « sage-femme »; but a name that ends in « ps » or « ss » is no plural.
        key = _NOT_LETTERS.sub("", _PLURAL.sub("", folded))
        return _made(key, key, Kind.NAME)
    return _word(surface, folded)


def _word(surface: str, folded: str) -> Term | None:
    folded = _NOT_LETTERS.sub("", folded)
    if not folded:
        return None
    if folded in NEGATIONS:
        return _made("non", folded, Kind.NEGATION)
    if folded in NUMBERS:
        return _made(str(NUMBERS[folded]), folded, Kind.NUMBER)
    if folded in STOP_WORDS or (len(folded) == 1 and folded.isalpha()):
        return _made(folded, folded, Kind.STOP)
    shouted = sum(letter.isupper() for letter in surface) > 1
    return _made(stem(folded), folded, Kind.NAME if shouted else Kind.WORD, capital=surface[0].isupper())


def _made(key: str, folded: str, kind: Kind, *, capital: bool = False) -> Term:
    weight = _weight(key, kind)
    common = 0 < weight <= COMMON_WEIGHT or kind is Kind.LINK
    return Term(key, folded, kind, weight, zlib.crc32(key.encode()), capital, common)


def _weight(key: str, kind: Kind) -> int:
    if kind is Kind.STOP:
        return 0
    if kind is Kind.NEGATION:
        return 1
    return COMMON_WEIGHT if kind is Kind.NUMBER or key in _COMMON_KEYS else 4


def _value(number: str) -> str:
    """Return one form to a number however it was written: 01 is 1, 2,50 is 2.50."""
    return number.replace(",", ".").lstrip("0") or "0"


_STEMMER = Stemmer.Stemmer("french")
_UNSTEMMED = 3
"""Letters of words left whole: « INS » is no plural."""
_ACCENTED_ENDING = re.compile(r"(?<=..)(?:ites?|ees?)$")
_COMMON_KEYS = frozenset(map(stem, COMMON_WORDS))
_JOINED = re.compile(r"[\s\u2010\u2011-]")
_JOINER = "\ue000"
"""Stands in no text: private use."""
_CHUNK = re.compile(r"\n|\S+")
FULL_STOPS = ".!?;"
_SENTENCE_ENDS = (".", "!", "?", ":", ";", "…", '."', ".)", ".»", ".”")
_CHUNKS: dict[str, _Pieces] = {}
"""What was split before: most of a text is made of few words. As large as it gets, it holds some 10 MB."""
_MOST_CHUNKS = 30_000
_LINK_DRESS = re.compile(r"^(?:https?://)?(?:www\.)?|/$")
_AROUND_LINK = ".,;:!?)]»\"'’”"
_ORDINAL = re.compile(r"^(\d+)(?:ere?|re|e|eme|nde?)$")
_PLURAL = re.compile(r"(?<=[aeiltr])s\b")
_NOT_LETTERS = re.compile(r"[^\w%€]+|_+")
_LETTER = f"(?:[^\\W\\d_]|[\u0300-\u036f{_ZERO_WIDTH}])"
_PIECE = re.compile(
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
