"""Every reader of text, with the invariants of its results, and the texts to try."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from faq.domain.diff import diff_question, diff_text
from faq.domain.dropped_sentences import list_dropped, split_sentences
from faq.domain.dumps import DumpError
from faq.domain.duplicates.index import DocumentIndex
from faq.domain.duplicates.pairs import Document
from faq.domain.facets import Taxonomy
from faq.domain.instants import NotAPastInstant, past_instant
from faq.domain.markup import plain_text
from faq.domain.merge import combine_texts, merge_text
from faq.domain.personal_data import mask_personal_data
from faq.domain.search.address import parse_server_address
from faq.domain.search.extracts import HighlightTerms, build_extract, highlight
from faq.domain.search.queries import Synonyms, parse_query
from faq.domain.spreadsheet import guard, render_csv, unguard
from faq.domain.tables import TableUnreadable, detect_format, read_csv, read_json
from faq.domain.text import fingerprint, fold, normalise, placed_tokens, tokenize
from faq.domain.workbook_reader import read_workbook
from faq.domain.workbook_writer import render_workbook
from faq.services.content import ImportRefused
from faq.services.curation import COLUMNS, read_curation
from tests.faq.domain.rendered import Page
from tests.parsed_dumps import parse_dump, render_dump
from tests.searching import an_index, searched

_FRAGMENTS = (
    "Est-ce que cette réponse vous a aidé ?\n", "Vous êtes ?\n", "\n", "\n\n", "\r\n", " ", "\u00a0", "\t",
    "- ", "1. ", "# ",
    "[", "](", ")", "](https://exemple.fr/a_b)", "https://exemple.fr/?a=1&b=[2]", "www.exemple.fr", "**", "__",
    "_", "<b", ">",
    "<script>", "&amp;", "\\", '"', ";", ",", "«\u00a0", "\u00a0»", "’", "l'", "e\u0301", "œ", "ß", "İ", "ﬁ",
    "½", "\u200b", "\ufeff",
    "\u202e", "\0", "\ud83e\ude7a".encode("utf-16", "surrogatepass").decode("utf-16"), "a.", "a.a.a",
    "S.I.H.Z.", "HL7 v2", "F 414",
    "1 500 €", "24/12/2026", "2026-12-24T10:00", "24 décembre 2026", "3 %", "0", "1", "06 12 34 56 78",
    "185057800608436",
    "rose@exemple.fr", " arobase ", "Dr ", "né le ", "12 rue de ", "Durand", "certificat", "logiciels",
    "ne pas ", "=1+1", "@", "+",
    "http://", ":9200/", "index", "question", "fingerprint", "|",
)  # fmt: skip
_WORDS = st.sampled_from(_FRAGMENTS) | st.text(max_size=8)
SHORT_TEXTS = st.lists(_WORDS, max_size=12).map("".join)
TEXTS = (
    SHORT_TEXTS
    | st.text(max_size=60)
    # One sign or two, many times: what makes a pattern or an alignment take quadratic time.
    | st.builds(lambda word, times, end: word * times + end, SHORT_TEXTS, st.integers(2, 400), SHORT_TEXTS)
)


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of text: the cases to try, and a check that fails where its result is wrong."""

    name: str
    cases: st.SearchStrategy[Any]
    check: Callable[..., None]


def _check_dump(data: bytes) -> None:
    with suppress(DumpError):
        assert render_dump(parse_dump(data)) == data


def _check_curation(data: bytes) -> None:
    with suppress(ImportRefused):
        assert all(row.fingerprint for row in read_curation(data, Taxonomy(())))


def _check_spreadsheet(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in ("=", "+", "@", "-")
    with suppress(UnicodeEncodeError):
        assert b"".join(render_csv([text], [[text]])).startswith(b"\xef\xbb\xbf")


def _check_table(data: bytes) -> None:
    with suppress(TableUnreadable):
        read = {"csv": read_csv, "json": read_json, "xlsx": read_workbook}[detect_format(data)]
        table = read(data)
        assert {len(row) for row in table.rows} == {len(table.columns)}
        assert len(table.numbers) == len(table.rows)


def _build_sheet(parts: list[str]) -> bytes:
    """Return a workbook whose sheet is made of pieces of sheets, whole or not."""
    file = io.BytesIO()
    template = io.BytesIO(b"".join(render_workbook(["a"], [["x"]])))
    with zipfile.ZipFile(template) as whole, zipfile.ZipFile(file, "w") as book:
        for name in whole.namelist():
            made = "".join(parts).encode("utf-8", "replace")
            book.writestr(name, made if name.endswith("sheet1.xml") else whole.read(name))
    return file.getvalue()


def _check_markup(text: str) -> None:
    # Parses as a browser does, and refuses every tag, attribute and address that is not allowed.
    Page(text)
    assert "<script" not in plain_text(text) or "<script" in text


def _check_diff(old: str, new: str) -> None:
    lines = diff_text(old, new)
    assert "\n".join(line.old for line in lines if line.old is not None) == old
    assert "\n".join(line.new for line in lines if line.new is not None) == new
    diff_question(old, new)


def _check_merge(base: str, theirs: str, mine: str) -> None:
    assert merge_text(base, base, mine).text == mine
    assert merge_text(base, theirs, base).text == theirs
    merge_text(base, theirs, mine)
    combine_texts(theirs, mine)


def _check_words(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert fold(fold(text)) == fold(text)
    fingerprint(text)
    tokenize(text)
    places = [(placed.start, placed.end) for placed in placed_tokens(text)]
    assert all(0 <= start <= end <= len(text) for start, end in places)


def _check_search(query: str, answer: str, expression: str) -> None:
    index = an_index([("Question ?", "certificat de 30 jours"), (query[:80], answer)])
    matches = searched(index, query, Synonyms([([expression, "certificat"], False)]))
    assert set(matches.entries) <= {1, 2}
    assert len(parse_query(query).text) <= len(query) + 1


def _check_extract(text: str, words: str) -> None:
    marks = HighlightTerms(frozenset(fold(words).split()), prefixes=("certif",))
    assert "".join(part for part, _ in highlight(text, marks)) == text
    build_extract(text, marks)


def _check_masking(text: str) -> None:
    masked = mask_personal_data(text, finess=True)
    assert mask_personal_data(masked, finess=True) == masked


def _check_duplicates(one: str, other: str) -> None:
    documents = [Document(1, one[:40], other), Document(2, None, one), Document(3, None, one)]
    pairs = list(DocumentIndex(documents).pairs())
    assert all(pair.left < pair.right for pair in pairs)


def _check_dropped(before: str, after: str) -> None:
    said, listed = ({normalise(sentence) for sentence in sentences} for sentences in _said_and_listed(before, after))
    assert listed == {normalise(sentence) for sentence in split_sentences(before)} - said


def _said_and_listed(before: str, after: str) -> Iterator[list[str]]:
    yield split_sentences(after)
    yield [line.old or "" for line in list_dropped([before], [after])]


def _check_address(text: str) -> None:
    with suppress(ValueError):
        address = parse_server_address(text)
        assert (
            address.password not in str(address) or address.password in f"{address.host}{address.port}{address.index}"
        )


def _check_instant(text: str) -> None:
    now = datetime(2026, 3, 12, tzinfo=UTC)
    with suppress(NotAPastInstant):
        assert past_instant(text, now=now, zone=UTC) <= now


def _build_curation(header: tuple[str, ...], separator: str, body: str) -> bytes:
    return f"{separator.join(header)}\n{body}".encode("utf-8", "replace")


_BYTES = TEXTS.map(lambda text: text.encode("utf-8", "replace")) | st.binary(max_size=80)
_CURATION = _BYTES | st.builds(_build_curation, st.permutations(COLUMNS).map(tuple), st.sampled_from(",;\t"), TEXTS)

_SHEET_PIECES = st.sampled_from(
    [
        *("<worksheet><sheetData>", "</sheetData></worksheet>", '<row r="2">', "<row>", "</row>", '<c r="A2" t="s">'),
        *("</c>", '<c t="inlineStr"><is><t>é</t></is></c>', '<c r="B1" s="9">', "<v>1e9</v>", "<v>-1</v>", "<v>99</v>"),
        *("<f>A1</f>", '<c r="A1" t="inlineStr"><is><t>nom</t></is></c>', '<mergeCell ref="A1:B2"/>', "<!DOCTYPE x>"),
        *("&x;", "_xD800_"),
    ]
)
_TABLES = (
    _BYTES
    | st.binary(max_size=80).map(b"PK\x03\x04".__add__)
    | st.lists(_SHEET_PIECES, max_size=12).map(_build_sheet)
    | TEXTS.map(lambda text: json.dumps([{"a": text, "b": [text]}]).encode())
)

READERS = (
    Reader("extraction", st.tuples(_BYTES), _check_dump),
    Reader("curation", st.tuples(_CURATION), _check_curation),
    Reader("tableur", st.tuples(TEXTS), _check_spreadsheet),
    Reader("balisage et liens", st.tuples(TEXTS), _check_markup),
    Reader("différences", st.tuples(TEXTS, TEXTS), _check_diff),
    Reader("fusion à trois", st.tuples(TEXTS, TEXTS, TEXTS), _check_merge),
    Reader("mots", st.tuples(TEXTS), _check_words),
    Reader("recherche et synonymes", st.tuples(TEXTS, TEXTS, SHORT_TEXTS), _check_search),
    Reader("extraits", st.tuples(TEXTS, SHORT_TEXTS), _check_extract),
    Reader("masquage", st.tuples(TEXTS), _check_masking),
    Reader("doublons", st.tuples(TEXTS, TEXTS), _check_duplicates),
    Reader("phrases perdues", st.tuples(TEXTS, TEXTS), _check_dropped),
    Reader("adresse du serveur", st.tuples(SHORT_TEXTS | SHORT_TEXTS.map("https://a:b@c.fr/".__add__)), _check_address),
    Reader(
        "dates",
        st.tuples(SHORT_TEXTS | st.from_regex(r"20\d\d-\d\d-\d\d(T\d\d:\d\d)?", fullmatch=True)),
        _check_instant,
    ),
    Reader("tableaux", st.tuples(_TABLES), _check_table),
)
