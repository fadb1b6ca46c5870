"""Whatever the text, its HTML is clean, nothing of it is lost, and it does not take long."""

import os
import re
import time
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from faq.domain.markup import links, plain_text, render
from tests.faq.domain.rendered import Page
from tests.parsed_dumps import parse_dump

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)><math><mtext></mtext>",
    "<a href=javascript:alert(1) style=color:red class=x id=y>a</a>",
    "<p onclick='a()'>- <li onclick=a()>",
    "</p></ul></div></body><style>*{display:none}</style>",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]><?php a ?>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1)) [a](java\nscript:alert(1))",
    "[a](\x01javascript:alert(1)) [a]( javascript:alert(1))",
    "[a](&#106;avascript:alert(1)) [a](javascript&colon;alert(1))",
    "[a](%6aavascript:alert(1)) [a](<javascript:alert(1)>)",
    "[a](vbscript:a) [a](data:text/html;base64,PHNjcmlwdD4=) [a](blob:a) [a](file:///a)",
    '[a](https://a.fr "x\\" onmouseover=alert(1) y=\\"")',
    "[a](https://a.fr 'x' onclick=alert(1))",
    '[a](https://a.fr/"onclick="alert(1))',
    "https://a.fr/'onclick='alert(1)",
    'https://a.fr/"><script>alert(1)</script>',
    "[<script>](https://a.fr/<script>) [a](https://a.fr/`\"'><img>)",
    '![a](javascript:alert(1)) !["onerror=a](https://a.fr)',
    "<javascript:alert(1)> <https://a.fr onclick=a()>",
    'mailto:a@b.fr?"onclick=a [a](mailto:"onclick=a@b.fr)',
    "[a]: javascript:alert(1)\n[a]",
    '|<script>|[a](javascript:a)|\n|--|--|\n|<td onclick=a>|"onclick=a|',
    "## <script>\n\n> <b onclick=a>",
    '![" onerror="alert(1)](media:0123456789abcdef0123456789abcdef.png)',
    '[" onclick="alert(1)](media:0123456789abcdef0123456789abcdef.pdf)',
    "![a](media:javascript:alert(1)) [a](media:x) [a](fiche:1) <img src=media:x>",
    "- <script>\n- [a](javascript:a)\n1. <b style=a>\n2. </ol>",
    "**<b onclick=a>** _<i class=x>_",
    "javascript://a.fr/%0aalert(1) javascript:https://a.fr",
    "{{ 7*7 }} {% load x %} ${a}",
    "\u202e[a](https://a.fr)\u2028<script>\u2029",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_attack_comes_to_nothing(text: str) -> None:
    page = Page(text)

    assert "<script" not in render(text).lower()
    links, images = map("".join, [*page.links, ("",)]), map("".join, page.images)
    assert letters(text) <= letters(page.text + unquote("".join(links)) + "".join([*page.titles, *images]))


def letters(text: str) -> set[str]:
    return {character for character in text.casefold() if character.isalpha()}


FRAGMENTS = [
    *"\n\n\n \t*_[]()<>&\"'\\-–•1290.):/#@!`~|+=é\r\x00\u2028\u00a0\u200b\u0301\ud800",
    *("- ", "\n- ", "  - ", "\n1. ", "\n2. ", "1 - ", "* ", "**", "](", "[a](https://a.fr)", "[b](", "www."),
    *(
        "https://",
        "http://a.fr/x",
        "c@d.fr",
        "mailto:",
        "tel:1",
        "esante.gouv.fr",
        "%20",
        "&lt;",
        "javascript:",
    ),
    *("<script>", "</p>", "<a href='", " onclick=", "<!--", "mot", "IHE_XDM", "fin.Il", "titre"),
    *("\n## ", "\n### ", "\n\n> ", "\n> ", "|", " | ", "\n|--|--:|\n", "\n|A|B|\n|--|:-:|\n|", "Q-26", "Q-"),
    *("![", "](media:0123456789abcdef0123456789abcdef.png)", "![alt](media:0123456789abcdef0123456789abcdef.webp)"),
    "[doc (PDF, 3 ko)](media:0123456789abcdef0123456789abcdef.pdf)",
]
MIXTURES = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=40).map("".join)
TEXTS = MIXTURES | st.text(st.characters(codec=None))


@given(TEXTS)
@example('[x]( "onclick")')
@example("- a\n" * 3 + "\u2028")
def test_any_text_gives_clean_html(text: str) -> None:
    page = Page(text)

    assert "<script" not in render(text).lower()
    assert all("\n" not in line and "\r" not in line for line in page.lines)


@given(TEXTS.map(lambda text: re.sub(r"\]\(|mailto:", " ", text, flags=re.IGNORECASE)))
@example("https://https://1")
def test_every_letter_is_kept_in_order(text: str) -> None:
    kept = "".join(filter(str.isalpha, text))

    assert "".join(filter(str.isalpha, Page(text).text)) == kept
    assert "".join(filter(str.isalpha, plain_text(text))) == kept


@given(MIXTURES)
def test_every_word_is_kept_in_text_or_link(text: str) -> None:
    page = Page(text)
    images = (part for image in page.images for part in image)
    shown = " ".join([page.text, *(unquote(href) for href, _ in page.links), *page.titles, *images]).casefold()

    assert [word for word in re.findall("[a-z]{2,}", text.casefold()) if word not in shown] == []


@given(TEXTS.map(lambda text: text.replace("\r", "")))
def test_line_ends_do_not_count(text: str) -> None:
    assert render(text.replace("\n", "\r\n")) == render(text.replace("\n", "\r")) == render(text)


@given(TEXTS)
def test_plain_is_one_line_without_loose_ends(text: str) -> None:
    assert plain_text(text) == " ".join(plain_text(text).split())


HOSTILE = {
    "asterisks": "*" * 100_000,
    "spaced asterisks": "* " * 25_000,
    "emphasis never closed": "a**b _c" * 7_000,
    "opening brackets": "[" * 50_000,
    "nested brackets": "[" * 15_000 + "]" * 15_000,
    "links never closed": "[a](" * 10_000,
    "nested links": "[" * 3_000 + "a" + "](https://a.fr)" * 3_000,
    "dashes on one line": "- " * 10_000,
    "dashes on many lines": "- \n" * 10_000,
    "items": "- a\n" * 5_000,
    "kinds of items": "- a\n• b\n* c\n* d\n1. e\n2. f\n◦ g\n" * 500,
    "deep lists": "".join(" " * depth + "- a\n" for depth in range(500)),
    "numbers alone": ("1. a" + "\n" * 10) * 5_000,
    "schemes": "a://" * 15_000,
    "spaced schemes": "http:// " * 12_000,
    "brackets in addresses": "https://a.fr/(a" * 4_000,
    "brackets after sites": "www.a.fr/(" * 5_000,
    "brackets after an address": ("https://a.fr/" + ")" * 1_900 + " ") * 40,
    "addresses": "https://a.fr/x a@b.fr " * 1_000,
    "mail signs": "a@" * 25_000,
    "dots": "a." * 25_000,
    "rows": "|a|b|\n|--|--|\n" + "|\n" * 20_000,
    "tables": "|a|b|\n|--|--|\n|1|2|\n" * 2_500,
    "headings of a table": "|--|--|\n" * 6_000,
    "columns": "|" * 50_000 + "\n" + "|--" * 50_000,
    "tables of many columns": ("|a" * 90 + "\n" + "|--" * 90 + "\n" + "|\n" * 40) * 100,
    "pipes in images": ("![|" + "](media:" + "a" * 32 + ".png)|") * 1_000 + "\n--|--\n",
    "images": "![a](media:0123456789abcdef0123456789abcdef.png)" * 1_000,
    "images never closed": "![a" * 17_000,
    "references": "Q-26/" * 10_000,
    "references, apart": "Q-26 " * 10_000,
    "sub-headings": "## a\n" * 10_000,
    "quotes": "> a\n\n" * 10_000,
    "lines of a quote": "> a\n" * 12_000,
    "signs of a quote": "> " * 25_000,
    "backslashes": "\\*" * 25_000,
    "white space": " " * 100_000 + "\n" * 50_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.slow
def test_hostile_text_takes_bounded_time(text: str) -> None:
    start = time.process_time()
    render(text)

    # Half a second each, two at most; the library's own rules, some of them quadratic, take up to 20.
    assert time.process_time() - start < 6


DUMPS = Path(os.environ.get("FAQCMS_DUMPS", Path(__file__).parents[4] / "shared" / "dumps"))
ADDRESS = re.compile(r"https?://[^\s)]+|www\.\S+|[\w.+-]+@[\w.-]+\w")


def real_answers() -> list[str]:
    files = sorted(DUMPS.glob("*.txt"))
    return [passage.answer for file in files for passage in parse_dump(file.read_bytes()).passages]


@given(st.lists(st.sampled_from(["[", "]", "(", ")", "](", "[a](", "https://a.fr", " ", "\\", "*", "\n"]), max_size=30))
def test_looking_for_labels_first_changes_no_link(pieces: list[str]) -> None:
    text = "".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        shown = render(text)
        patch.setattr(links, "_find_labels", lambda text: range(len(text)))
        assert render(text) == shown


@pytest.mark.parametrize("pattern", ["[(", "[", "[[] (", "](", "\\[a](b)"])
def test_brackets_that_are_no_label_are_not_read_as_links(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    monkeypatch.setattr(links, "library_link", lambda state, silent: read.append(state.pos) or False)
    render(pattern * 200)
    assert read == []


@pytest.mark.skipif(not DUMPS.is_dir(), reason=f"the real dumps are not at {DUMPS}")
def test_real_answers_read_well() -> None:
    answers = real_answers()
    assert answers
    for answer in answers:
        page = Page(answer)
        assert "".join(page.text.split()) == "".join(re.sub(r"(?m)^- ", "", answer).split())
        assert "".join(plain_text(answer).split()) == "".join(page.text.split())
        assert not any(line.startswith(("- ", "•")) for line in page.lines)
        assert {address.rstrip(".") for address in ADDRESS.findall(answer)} <= {shown for _, shown in page.links}
