"""Files that are not dumps, or not to their end: what they are is said, and which line is spoilt."""

import pytest

from faq.domain.dump_faults import find_spoilt_vote_line, find_text_format
from faq.domain.dumps import CASCADE_QUESTIONS, VOTE_LINE, DumpError, describe_tail
from tests.factories import a_dump_file
from tests.parsed_dumps import parse_dump

SPOILT = {
    "cyrillic": VOTE_LINE.replace("C", "\u0421"),
    "several look-alikes": VOTE_LINE.replace("e", "\u0435"),
    "full-width mark": VOTE_LINE.replace("?", "\uff1f"),
    "no mark": VOTE_LINE.removesuffix(" ?"),
    "wrong letter": VOTE_LINE.replace("utile", "utole"),
    "missing letter": VOTE_LINE.replace("tte", "te"),
    "letter too many": VOTE_LINE.replace("vous", "vouus"),
    "no hyphens": VOTE_LINE.replace("-", " "),
    "no accents": VOTE_LINE.replace("é", "e"),
    "read as latin-1": VOTE_LINE.encode().decode("latin-1"),
    "another word": VOTE_LINE.replace("réponse", "page"),
}
ORDINARY = [
    *CASCADE_QUESTIONS,
    "",
    "Vous a-t-elle été remise ?",
    "Cette aide vous a été versée en une fois.",
    "La réponse de l’agence vous a été envoyée.",
    "Est-ce utile ?",
]


@pytest.mark.parametrize("line", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_vote_line_is_found_and_named_with_its_number(line):
    found = find_spoilt_vote_line([*ORDINARY, line])
    assert (found.rank, found.text, found.is_among_others) == (len(ORDINARY), " ".join(line.split()), False)
    with pytest.raises(DumpError, match="une ligne y ressemble") as refusal:
        parse_dump(f"Une réponse.\nSa fin.\n{line}\n".encode())
    assert refusal.value.line == 3
    assert f"«\u00a0{found.text}\u00a0» (ligne 3)" in str(refusal.value)
    assert VOTE_LINE in refusal.value.cure


def test_ordinary_lines_are_no_spoilt_vote_lines():
    assert find_spoilt_vote_line(ORDINARY) is None
    with pytest.raises(DumpError, match="doit fermer chaque réponse") as refusal:
        parse_dump("\n".join(ORDINARY).encode())
    assert refusal.value.line is None


def test_the_line_that_looks_most_like_one_is_named():
    assert find_spoilt_vote_line([SPOILT["another word"], SPOILT["wrong letter"], SPOILT["no mark"]]).rank == 2


def test_a_vote_line_among_other_words_is_told_apart():
    with pytest.raises(DumpError, match="mais pas seule sur sa ligne") as refusal:
        parse_dump(f"Titre\n{'Une réponse. ' * 20}{VOTE_LINE} {'Une autre. ' * 20}{VOTE_LINE}".encode())
    assert refusal.value.line == 2


def test_a_spoilt_vote_line_is_named_where_too_much_follows_without_any():
    with pytest.raises(DumpError, match=r"Plus de .*\u00a0: une ligne y ressemble.*\(ligne 5\)"):
        parse_dump(a_dump_file("Une.", "Deux.") + f"{SPOILT['cyrillic']}\n{'mot ' * 260_000}\n".encode())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (r"{\rtf1\ansi Une r\'e9ponse}", "du RTF"),
        ("\ufeff\n<!DOCTYPE html>\n<title>FAQ</title>", "une page HTML"),
        ("<HTML lang='fr'>", "une page HTML"),
        ("<?xml version='1.0'?><faq/>", "du XML"),
        ("From: a@example.org\r\nTo: b@example.org\r\nSubject: FAQ\r\n\r\nUne réponse.", "un courriel"),
        ("Date : 3 mars\nUne réponse.", ""),
        ("<p>Une réponse.</p>", ""),
        ("Subject: une réponse\nqui en parle", ""),
    ],
)
def test_texts_of_another_format_are_named(text, name):
    assert find_text_format(text) == name
    with pytest.raises(DumpError, match=f"mais {name}" if name else "doit fermer chaque réponse"):
        parse_dump(text.encode())


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (f"Une réponse.\n{VOTE_LINE}".encode("utf-32"), "UTF-32"),
        (b"\0\0\xfe\xff" + f"Une réponse.\n{VOTE_LINE}".encode("utf-32-be"), "UTF-32"),
        (f"Une réponse.\n{VOTE_LINE}".encode("utf-16"), "UTF-16"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "gzip"),
    ],
)
def test_bytes_of_another_format_are_named(data, name):
    with pytest.raises(DumpError, match=name):
        parse_dump(data)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_text_after_the_last_vote_line_is_told_with_its_line(line_end):
    told = describe_tail(line_end.join(["", " ", "Un reste.", SPOILT["cyrillic"]]), 7)
    assert "suit la dernière ligne de vote (ligne 9)" in told
    assert (
        f"La ligne 10 ressemble à une ligne de vote sans en être une\u00a0: «\u00a0{SPOILT['cyrillic']}\u00a0»." in told
    )
    assert "ressemble" not in describe_tail("Un reste.", 7)
    assert describe_tail(f"{line_end} \u200b{line_end}", 7) == ""
