"""The form of an entry: what browsers do to texts is undone, what people typed is kept."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.facets import Facet, Taxonomy, Term
from faq.forms import EntryForm, TextField
from faq.models import Version
from faq.services.content import one_line_end

TAXONOMY = Taxonomy(
    (
        Term(1, Facet.OFFER_TYPES, "segur", "Ségur"),
        Term(1, Facet.THEMES, "ins", "INS"),
        Term(2, Facet.THEMES, "cnda", "CNDA", retired=True),
    )
)


def a_form(query=None, head=None, *, may_name_themes=True):
    data = None if query is None else QueryDict(query)
    return EntryForm(data, taxonomy=TAXONOMY, head=head, may_name_themes=may_name_themes)


def a_version():
    return Version(number=7, question="Comment ?", answer="Ainsi.", filing={"themes": [{"id": 2}]})


@given(st.text())
def test_a_text_comes_through_a_browser_unchanged(text):
    text = one_line_end(text.replace("\0", ""))
    assert TextField().clean(text.replace("\n", "\r\n")) == text


def test_it_starts_from_the_latest_version():
    form = a_form(head=a_version())
    assert [form[name].value() for name in ("question", "answer", "base", "themes")] == ["Comment ?", "Ainsi.", 7, [2]]


def test_a_new_entry_starts_from_nothing_and_has_no_version_to_start_from():
    form = a_form()
    assert form["question"].value() == ""
    assert "base" not in form.fields


def test_it_gives_what_was_typed():
    form = a_form("question=Q&answer=a%0D%0Ab&offer_types=1&themes=1")
    assert form.is_valid()
    content = form.content([])
    assert (content.question, content.answer) == ("Q", "a\nb")
    assert content.filing == {
        Facet.OFFER_TYPES: {1},
        Facet.COULOIRS: set(),
        Facet.DISPOSITIFS: set(),
        Facet.PRODUCTS: set(),
        Facet.THEMES: {1},
    }


def test_the_facets_come_in_the_order_of_the_questions():
    assert [field.name for field in a_form().facets] == [facet.value for facet in Facet]


@pytest.mark.parametrize(("head", "offered"), [(None, [1]), (a_version(), [1, 2])])
def test_a_retired_term_is_offered_where_it_is_filed_already(head, offered):
    assert [value for value, _ in a_form(head=head).fields["themes"].choices] == offered


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", []),
        (" , ;", []),
        ("INS", ["INS"]),
        ("preuves, INS ; suivi  des\tdossiers", ["preuves", "INS", "suivi des dossiers"]),
    ],
)
def test_new_names_are_split(typed, names):
    form = EntryForm({"new_themes": typed}, taxonomy=TAXONOMY, head=None, may_name_themes=True)
    assert form.is_valid()
    assert form.cleaned_data["new_themes"] == names


def test_a_stale_form_can_start_again_with_all_that_was_typed():
    form = a_form("question=Q&answer=Le+mien&base=7&themes=1", head=a_version())
    assert form.is_valid()
    form.start_again_from(Version(number=8))
    assert [form[name].value() for name in ("answer", "base", "themes")] == ["Le mien", 8, ["1"]]
