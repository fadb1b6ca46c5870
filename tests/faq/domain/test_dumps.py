"""The dump format: nothing is lost, and the answers found are the ones put in."""

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.dumps import (
    CASCADE_QUESTIONS,
    VOTE_LINE,
    DumpError,
    ParsedPassage,
    ParsedTail,
    is_cascade_question,
    is_vote_line,
    scan_dump,
)
from faq.domain.text import normalise
from tests.parsed_dumps import parse_dump, render_dump

REAL_DUMPS = Path(os.environ.get("FAQCMS_DUMPS", Path(__file__).parents[4] / "shared" / "dumps"))

VOTE_LINES = [
    VOTE_LINE,
    VOTE_LINE.replace(" ?", "?"),
    VOTE_LINE.replace(" ?", "\u00a0?"),
    VOTE_LINE.replace(" ?", "\u202f?"),
    unicodedata.normalize("NFD", VOTE_LINE),
    VOTE_LINE.replace("-", "\u2011"),
    f"\t{VOTE_LINE} \u00a0",
    f"\u200b{VOTE_LINE}\u2028",
    f"\u200e{VOTE_LINE}\u200f",
    "\u2067" + VOTE_LINE.replace(" ", " \u200e") + "\u2069",
    "\u202b\ufeff" + VOTE_LINE.replace("-", "\u061c-") + "\u202c",
    VOTE_LINE.upper(),
]
LINE_ENDS = ["\n", "\r\n", "\r"]

blank_lines = st.sampled_from(["", " ", "\t", "\u00a0", "\u200b", "\u2028"])
answer_lines = st.one_of(
    st.text(alphabet=st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(["- un point", "Oui, sous 30 jours.", "é" * 3, "a\u2028b", f"« {VOTE_LINE} »", "# titre"]),
)


def is_text(line):
    return bool(normalise(line)) and not is_vote_line(line) and not is_cascade_question(line)


def is_inner(line):
    return not is_vote_line(line)


@st.composite
def blocks(draw):
    """One answer as it may stand in a file: (what is before, the answer, what closes it)."""
    ends = st.sampled_from(LINE_ENDS)
    lead = draw(st.lists(st.one_of(blank_lines, st.sampled_from(CASCADE_QUESTIONS)), max_size=3))
    before = "".join(line + draw(ends) for line in lead)
    lines = draw(
        st.one_of(
            st.just([]),
            st.tuples(answer_lines.filter(is_text)).map(list),
            st.tuples(answer_lines.filter(is_text), answer_lines.filter(is_inner), answer_lines.filter(is_text)).map(
                list
            ),
        )
    )
    end = draw(ends)
    answer = end.join(lines)
    gap = [end, *(line + draw(ends) for line in draw(st.lists(blank_lines, max_size=2)))] if lines else []
    return before, answer, "".join(gap) + draw(st.sampled_from(VOTE_LINES)) + draw(ends)


@pytest.mark.parametrize("line", VOTE_LINES)
def test_vote_lines_are_recognised(line):
    assert is_vote_line(line)


@pytest.mark.parametrize(
    "line",
    ["", f"« {VOTE_LINE} »", f"Bref. {VOTE_LINE}", f"{VOTE_LINE} Oui", "Cette réponse vous a été utile ?"],
)
def test_other_lines_are_not(line):
    assert not is_vote_line(line)


def test_cascade_questions_are_recognised_in_all_wordings():
    assert all(map(is_cascade_question, CASCADE_QUESTIONS))
    assert is_cascade_question("Votre question concerne quel produit ou service produit?")
    assert not is_cascade_question("Votre question concerne un produit ?")


def test_a_paragraph_that_begins_like_a_cascade_question_is_text():
    begin = "Votre question concerne quel produit "
    longest = f"{begin}{'x' * (298 - len(begin))} ?"
    assert is_cascade_question(longest)
    assert not is_cascade_question(longest.replace("x ?", "xx ?"))


@given(st.lists(blocks(), min_size=1, max_size=5), st.sampled_from(["", "\ufeff"]), answer_lines.filter(is_text))
@pytest.mark.slow
def test_answers_found_are_the_ones_put_in(parts, mark, tail):

    data = (mark + "".join(map("".join, parts)) + tail).encode()
    dump = parse_dump(data)
    assert [passage.answer for passage in dump.passages] == [answer.removeprefix("\ufeff") for _, answer, _ in parts]
    assert dump.tail == tail
    assert render_dump(dump) == data


@given(st.binary(max_size=200), st.sampled_from(VOTE_LINES), st.binary(max_size=200))
def test_bytes_come_back_or_are_refused(before, vote, after):
    data = before + b"\n" + vote.encode() + b"\n" + after
    if b"\0" in data or not is_utf_8(data):
        with pytest.raises(DumpError, match=r"\(ligne \d+, octet \d+\)"):
            parse_dump(data)
    else:
        assert render_dump(parse_dump(data)) == data


def is_utf_8(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@given(st.lists(blocks(), min_size=1, max_size=4))
@pytest.mark.slow
def test_lines_are_counted_as_editors_do(parts):
    data = "".join(map("".join, parts))
    lines = data.encode().splitlines(keepends=True)
    for passage in parse_dump(data.encode()).passages:
        first = (passage.answer or passage.closing).encode().splitlines(keepends=True)[0]
        assert lines[passage.line - 1].removeprefix("\ufeff".encode()).startswith(first.rstrip(b"\r\n"))


@pytest.mark.parametrize(
    ("data", "line", "byte", "word"),
    [
        (b"", None, None, "vide"),
        ("Une réponse sans fin.\n".encode(), None, None, "vote"),
        (f"Bien\n{VOTE_LINE}\nMal ".encode() + b"\xe9", 3, 53, "UTF-8"),
        (f"Bien\n{VOTE_LINE}\nMal\0".encode(), 3, 52, "NUL"),
        (f"Bien\n{VOTE_LINE}".encode("utf-16"), 1, 1, "UTF-8"),
    ],
)
def test_refusals_say_where_and_how_to_mend(data, line, byte, word):
    with pytest.raises(DumpError, match=word) as refusal:
        parse_dump(data)
    assert (refusal.value.line, refusal.value.byte) == (line, byte)
    assert refusal.value.cure.endswith(".")
    assert line is None or f"(ligne {line}, octet {byte})" in str(refusal.value)


def test_a_scan_holds_one_answer_at_a_time():
    """Parts are given as soon as their vote line is read: the end of a file that never ends is not waited for."""

    def endless():
        while True:
            yield b"Une r\xc3\xa9ponse.\n"
            yield VOTE_LINE.encode() + b"\n"

    parts = scan_dump(endless())
    assert [next(parts).line for _ in range(3)] == [1, 3, 5]


def test_the_tail_comes_last_even_when_empty():
    *passages, tail = scan_dump([f"A\n{VOTE_LINE}".encode()[:2], VOTE_LINE.encode()])
    assert passages == [ParsedPassage(lead="", answer="A", closing=f"\n{VOTE_LINE}", line=1)]
    assert tail == ParsedTail("", line=3)


@pytest.mark.skipif(not REAL_DUMPS.exists(), reason=f"the real dumps are not at {REAL_DUMPS}")
def test_real_dumps():
    files = sorted(REAL_DUMPS.glob("*.txt"))
    assert len(files) == 5
    for file in files:
        dump = parse_dump(file.read_bytes())
        assert render_dump(dump) == file.read_bytes()
        assert len(dump.passages) == 20
        assert sum(map(is_cascade_question, dump.header.splitlines())) == 5
        assert all(passage.answer and not passage.lead for passage in dump.passages[1:])
