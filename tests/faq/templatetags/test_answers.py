"""How the public pages write answers, counts and questions."""

import pytest

from faq.templatetags.answers import answer_count, answer_html, grouped, typographic


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0\u00a0réponse"),
        (1, "1\u00a0réponse"),
        (2, "2\u00a0réponses"),
        (1_234_567, "1\u202f234\u202f567\u00a0réponses"),
    ],
)
def test_counts(count, written):
    assert answer_count(count) == written


def test_numbers_below_a_thousand_stay_as_they_are():
    assert grouped(999) == "999"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("quel type d'offre ?", "quel type d’offre\u00a0?"),
        ("« Hôpital » : ignoré ; oui !", "«\u00a0Hôpital\u00a0»\u00a0: ignoré\u00a0; oui\u00a0!"),
        ("déjà\u00a0?", "déjà\u00a0?"),
        ("a:b ?c", "a:b\u00a0?c"),
    ],
)
def test_printed_french(typed, printed):
    assert typographic(typed) == printed


def test_answers_are_safe_html_that_templates_leave_alone():
    html = answer_html("<b>\n- un\n- deux")
    assert html == "<p>&lt;b&gt;</p>\n<ul>\n<li>un</li>\n<li>deux</li>\n</ul>"
    assert html.__html__() is html
