"""The dump format: how a raw text file of answers is parsed and rendered without losing a byte.

A dump is a sequence of lines. A *vote line* (« Cette réponse vous a-t-elle été utile ? ») closes an
answer; lines that ask a cascade question (« Votre question concerne quel … ? ») and blank lines may
stand before an answer. The text after the last vote line is the tail.

Only LF, CRLF and CR end a line: the other separators of Unicode (U+2028, U+0085…) are characters of
the text, which is why str.splitlines is never used here.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from faq.domain.dump_faults import VOTE_LINE, find_spoilt_vote_line, find_text_format
from faq.domain.limits import ANSWER_MAX_LENGTH, DUMP_MAX_ANSWERS, PASSAGE_MAX_LENGTH, format_number
from faq.domain.text import normalise, remove_direction_marks

CASCADE_QUESTIONS = (
    "Votre question concerne quel type d'offre ?",
    "Votre question concerne quel couloir Ségur ?",
    "Votre question concerne quel dispositif Ségur ?",
    "Votre question concerne quel produit ou service ?",
    "Votre question concerne quelle thématique ?",
)

_BYTE_ORDER_MARK = "\ufeff"
_VOTE_KEYS = {VOTE_LINE.casefold(), VOTE_LINE.replace(" ?", "?").casefold()}
_QUESTION_KEY = "votre question concerne quel"
_MAX_MARKER_LENGTH = 300
"""Characters of the longest vote or question line: longer lines are not even normalised."""
_OTHER_FORMATS = {
    b"PK\x03\x04": "Ce n’est pas un fichier texte, mais un classeur, un document ou une archive (ZIP)",
    b"\xd0\xcf\x11\xe0": "Ce n’est pas un fichier texte, mais un ancien classeur ou document Office",
    b"%PDF": "Ce n’est pas un fichier texte, mais un PDF",
    b"\x1f\x8b": "Ce n’est pas un fichier texte, mais un fichier compressé (gzip)",
    # Before UTF-16, whose mark is the beginning of the first one.
    b"\xff\xfe\0\0": "Le texte n’est pas de l’UTF-8, mais de l’UTF-32",
    b"\0\0\xfe\xff": "Le texte n’est pas de l’UTF-8, mais de l’UTF-32",
    b"\xff\xfe": "Le texte n’est pas de l’UTF-8, mais de l’UTF-16",
    b"\xfe\xff": "Le texte n’est pas de l’UTF-8, mais de l’UTF-16",
}
"""The first bytes of files that are taken for texts by mistake, whatever their name says."""
_SIGNATURE_LENGTH = 4
_LINES_OF_BEGINNING = 50
"""Lines by which the format of a text is told."""
LINE_END = re.compile("\r\n|\n|\r")
_SAVE_AS_TEXT = "Ouvrez-le, enregistrez-le au format « texte brut, UTF-8 », puis recommencez."


class DumpError(ValueError):
    """A file that is not a dump; the message says why, where, and how to mend it, in French."""

    def __init__(self, reason: str, cure: str, *, line: int | None = None, byte: int | None = None) -> None:
        self.reason = reason
        self.cure = cure
        self.line = line
        self.byte = byte
        super().__init__(f"{reason}{self._place()}. {cure}")

    def _place(self) -> str:
        if self.line is None:
            return ""
        byte = "" if self.byte is None else f", octet {self.byte}"
        return f" (ligne {self.line}{byte})"


@dataclass(frozen=True, slots=True)
class ParsedPassage:
    """One answer in its place: `lead + answer + closing` is its exact source text.

    `lead` holds the byte-order mark, blank lines and cascade questions before the answer; `closing`
    runs from the line end after the answer to the end of the vote line. `line` is the number, from
    1, of the answer's first line (of the vote line where the answer is empty).
    """

    lead: str
    answer: str
    closing: str
    line: int


@dataclass(frozen=True, slots=True)
class ParsedTail:
    """The text after the last vote line, often empty: the last part of every dump."""

    text: str
    line: int
    """The number, from 1, of its first line."""


def scan_dump(stream: Iterable[bytes]) -> Iterator[ParsedPassage | ParsedTail]:
    """Yield the parts of a dump one by one, holding one answer in memory at a time.

    `stream` yields bytes cut after LF, as binary files do when iterated over. Raises DumpError on
    bytes that are not UTF-8, on a NUL character, on an empty file, on what exceeds `faq.domain.limits`
    and, at the end, on a file without a vote line.
    """
    block: list[str] = []
    first = 1
    length = answers = 0
    for number, line in enumerate(_lines(stream), start=1):
        block.append(line)
        length += len(line)
        if length > PASSAGE_MAX_LENGTH:
            raise _too_long_without_vote_line(block, first)
        if is_vote_line(line):
            answers += 1
            if answers > DUMP_MAX_ANSWERS:
                raise _too_many_answers(first)
            passage = _parse_passage(block, first)
            _check_answer_length(passage)
            yield passage
            block = []
            length = 0
            first = number + 1
    if first == 1:
        raise _no_vote_line(block)
    yield ParsedTail("".join(block), first)


def describe_tail(text: str, line: int) -> str:
    """Return a French sentence on the text after the last vote line, whose first line is given; "" where it is blank.

    It names the line that looks like a vote line without being one, as after a letter was spoilt.
    """
    lines = LINE_END.split(text)
    filled = next((rank for rank, one in enumerate(lines) if normalise(one)), None)
    if filled is None:
        return ""
    told = (
        f"Du texte suit la dernière ligne de vote (ligne {line + filled})\u00a0: "
        "il est conservé dans le fichier, sans fiche."
    )
    spoilt = find_spoilt_vote_line(lines)
    if spoilt is None:
        return told
    return (
        f"{told} La ligne {line + spoilt.rank} ressemble à une ligne de vote sans en être une\u00a0: "
        f"«\u00a0{spoilt.text}\u00a0»."
    )


def is_vote_line(line: str) -> bool:
    """Return whether a line is the vote line, in any typography (spaces, quotes, hyphens, composition)."""
    return _may_be_marker(line) and _build_marker_key(line) in _VOTE_KEYS


def is_cascade_question(line: str) -> bool:
    """Return whether a line asks one of the cascade's questions, in any of the wordings seen."""
    if not _may_be_marker(line):
        return False
    key = _build_marker_key(line)
    return key.startswith(_QUESTION_KEY) and key.endswith("?")


def _build_marker_key(line: str) -> str:
    return normalise(remove_direction_marks(line)).casefold()


def _may_be_marker(line: str) -> bool:
    # Normalisation turns no other character into a question mark: most lines need no closer look.
    return "?" in line and len(line) <= _MAX_MARKER_LENGTH


def _lines(stream: Iterable[bytes]) -> Iterator[str]:
    offset = 0
    number = 1
    beginning = b""
    for piece in stream:
        beginning = beginning or piece[:_SIGNATURE_LENGTH]
        for raw in piece.splitlines(keepends=True):
            yield _decode(raw, number, offset, beginning)
            offset += len(raw)
            number += 1


def _decode(raw: bytes, number: int, offset: int, beginning: bytes) -> str:
    try:
        line = raw.decode()
    except UnicodeDecodeError as error:
        reason = (
            "Le texte n’est pas de l’UTF-8",
            "Enregistrez le fichier au format « UTF-8 » depuis votre éditeur de texte, puis recommencez.",
        )
        place = offset + error.start + 1
        raise DumpError(*_find_other_format(beginning, reason), line=number, byte=place) from error
    if "\0" in line:
        reason = (
            "Le fichier contient un caractère nul (NUL)",
            "Supprimez ce caractère, ou exportez de nouveau la page en texte brut.",
        )
        place = offset + raw.index(b"\0") + 1
        raise DumpError(*_find_other_format(beginning, reason), line=number, byte=place)
    return line


def _find_other_format(beginning: bytes, otherwise: tuple[str, str]) -> tuple[str, str]:
    """Return reason and cure for a file that is no text at all, as its first bytes tell, or else those given."""
    for signature, reason in _OTHER_FORMATS.items():
        if beginning.startswith(signature):
            return reason, _SAVE_AS_TEXT
    return otherwise


def _parse_passage(block: list[str], first: int) -> ParsedPassage:
    start = 0
    while start < len(block) - 1 and _belongs_to_lead(block[start]):
        start += 1
    end = len(block) - 1
    while end > start and not normalise(block[end - 1]):
        end -= 1
    text = "".join(block[start:end])
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    text = text.removeprefix(mark)
    answer = text.rstrip("\r\n")
    return ParsedPassage(
        lead="".join(block[:start]) + mark,
        answer=answer,
        closing=text[len(answer) :] + "".join(block[end:]),
        line=first + start,
    )


def _belongs_to_lead(line: str) -> bool:
    return not normalise(line) or is_cascade_question(line)


def _check_answer_length(passage: ParsedPassage) -> None:
    # In an entry, a line end is one character.
    length = len(passage.answer) - passage.answer.count("\r\n")
    if length > ANSWER_MAX_LENGTH:
        raise DumpError(
            f"La réponse dépasse {format_number(ANSWER_MAX_LENGTH)} caractères ({format_number(length)} en tout)",
            "Vérifiez qu’une ligne de vote ferme chaque réponse, ou coupez celle-ci en plusieurs.",
            line=passage.line,
        )


def _too_long_without_vote_line(block: Sequence[str], first: int) -> DumpError:
    reason = f"Plus de {format_number(PASSAGE_MAX_LENGTH)} caractères se suivent sans ligne de vote"
    return _find_cause(block, first, reason) or DumpError(
        reason,
        f"Fermez chaque réponse par «\u00a0{VOTE_LINE}\u00a0», et supprimez ce qui n’est pas une réponse.",
        line=first,
    )


def _too_many_answers(first: int) -> DumpError:
    return DumpError(
        f"L’extraction dépasse {format_number(DUMP_MAX_ANSWERS)} réponses",
        "Coupez-la en plusieurs fichiers, de noms différents.",
        line=first,
    )


def _no_vote_line(block: Sequence[str]) -> DumpError:
    if not block:
        return DumpError("Le fichier est vide", "Vérifiez l’extraction de la page, puis recommencez.")
    reason = "Aucune ligne de vote dans le fichier"
    return _find_cause(block, 1, reason) or DumpError(
        f"{reason}\u00a0: «\u00a0{VOTE_LINE}\u00a0» doit fermer chaque réponse",
        "Ajoutez cette ligne, seule, après chaque réponse, puis recommencez.",
    )


def _find_cause(block: Sequence[str], first: int, reason: str) -> DumpError | None:
    """Return why lines, the first of which has that number, hold no vote line; None where nothing tells."""
    if name := find_text_format("".join(block[:_LINES_OF_BEGINNING]) if first == 1 else ""):
        return DumpError(f"{reason}, et ce n’est pas du texte brut, mais {name}", _SAVE_AS_TEXT)
    # The last line may be a vote line that comes too late.
    spoilt = find_spoilt_vote_line("" if is_vote_line(line) else line for line in block)
    if spoilt is None:
        return None
    if spoilt.is_among_others:
        reason = f"{reason}\u00a0: cette phrase s’y trouve, mais pas seule sur sa ligne, «\u00a0{spoilt.text}\u00a0»"
    else:
        reason = f"{reason}\u00a0: une ligne y ressemble, «\u00a0{spoilt.text}\u00a0»"
    cure = f"Mettez «\u00a0{VOTE_LINE}\u00a0» seule sur une ligne, à la lettre, après chaque réponse, puis recommencez."
    return DumpError(reason, cure, line=first + spoilt.rank)
