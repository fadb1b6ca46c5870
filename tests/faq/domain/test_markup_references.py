"""Links between entries: which references are links, and where they lead."""

import pytest

from faq.domain.markup import LinkTarget, compile_answer, find_linked_numbers, place
from faq.domain.markup.placement import MAX_LINKS_TO_ONE
from tests.faq.domain.rendered import Page

LINKED = {
    "in a sentence": ("Voir Q-26.", [26]),
    "several": ("Q-26, (Q-27) ; « Q-28 » Q-26…", [26, 27, 28]),
    "with a no-break hyphen": ("la fiche Q\u201126", [26]),
    "bold": ("**Q-26** et _voir Q-27_", [26, 27]),
    "side by side": ("Q-26/Q-27", [26, 27]),
    "in every part": ("## Q-1\n- Q-2\n\n> Voir Q-3\n\n|Q-4|\n|---|\n|Q-5|", [1, 2, 3, 4, 5]),
    "after an apostrophe": ("l’article d’Q-26", [26]),
    "before an address": ("Q-26 https://exemple.fr/Q-27", [26]),
}


@pytest.mark.parametrize(("text", "numbers"), LINKED.values(), ids=LINKED)
def test_reference_is_a_link(text: str, numbers: list[int]) -> None:
    assert find_linked_numbers(compile_answer(text)) == numbers


AS_TYPED = [
    *("FAQ-26", "Q-26bis", "Q-026", "q-26", "Q-26-B", "Q26", "Q 26", "Q--26", "Q-0", "Q-" + "1" * 18),
    *("https://exemple.fr/Q-26/x", "exemple.fr/Q-26", "chemin/Q-26", "Q-26@exemple.fr", "a@Q-26.fr", "notice_Q-26.pdf"),
    *("[voir Q-26](https://exemple.fr)", "FA**Q-26**", "**Q-26**bis", "é*Q-26*", r"Q\-26", "\u2011Q-26", "Q-26.pdf"),
    "![Q-26](media:0123456789abcdef0123456789abcdef.png)",
]


@pytest.mark.parametrize("text", AS_TYPED)
def test_part_of_something_else_is_no_link(text: str) -> None:
    assert find_linked_numbers(compile_answer(text)) == []


TARGET = LinkTarget('Que faire « si "<a>" » ?', "/fiche/12-que-faire/")


def test_a_link_leads_to_its_target_and_names_it() -> None:
    html = place(compile_answer("Voir Q-26 et Q-27."), targets={26: TARGET}, site="https://exemple.fr")

    assert html == (
        '<p>Voir <a href="https://exemple.fr/fiche/12-que-faire/" '
        'title="Q-26\u00a0: Que faire « si &quot;&lt;a&gt;&quot; » ?">Q-26</a> et Q-27.</p>'
    )


def test_a_reference_that_is_repeated_does_not_repeat_its_title() -> None:
    html = place(compile_answer("Q-26, Q-26 et Q-26."), targets={26: TARGET})

    assert html.count('<a href="/fiche/12-que-faire/"') == 3
    assert html.count("title=") == 1
    assert html.index("title=") < html.index(",")


def test_an_answer_full_of_references_makes_no_page_many_times_as_long() -> None:
    target = LinkTarget("q" * 300, f"/fiche/26-{'q' * 100}/")
    html = place(compile_answer("Q-26 " * 10_000), targets={26: target})

    assert html.count("<a ") == MAX_LINKS_TO_ONE
    assert html.count("Q-26") == 10_001
    assert len(html) < 80_000


def test_an_address_with_the_scheme_of_references_is_text() -> None:
    page = Page('[a](fiche:26) fiche:26 <a href="fiche:26" rel="noopener noreferrer">Q</a>')

    assert page.links == []
    assert page.text.strip() == '[a](fiche:26) fiche:26 <a href="fiche:26" rel="noopener noreferrer">Q</a>'
