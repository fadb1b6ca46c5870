"""The form of an entry: what browsers do to texts is undone, what people typed is kept."""

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.facets import Facet, Taxonomy, Term
from faq.domain.limits import NEW_THEMES_MAX
from faq.filing_forms import QuestionForm
from faq.forms import EntryForm, ScheduleForm, TextField, VersionField
from faq.models import Version
from faq.services.content import normalize_line_ends

TAXONOMY = Taxonomy(
    (
        Term(1, Facet.OFFER_TYPES, "segur", "Ségur"),
        Term(5, Facet.COULOIRS, "hopital", "Hôpital", parents=frozenset({1})),
        Term(1, Facet.THEMES, "ins", "INS"),
        Term(2, Facet.THEMES, "cnda", "CNDA", retired=True),
    )
)


def a_form(query=None, head=None, *, may_name_themes=True):
    data = None if query is None else QueryDict(query)
    return EntryForm(data, taxonomy=TAXONOMY, head=head, may_name_themes=may_name_themes)


def a_version():
    return Version(number=7, question="Comment ?", answer="Ainsi.", filing={"themes": [{"id": 2}]})


@pytest.mark.parametrize("number", ["9" * 18, str(2**63), "9" * 5_000, "-1", f"-{2**64}", "1e400", "x"])
def test_a_version_that_no_table_holds_is_refused(number):
    with pytest.raises(ValidationError, match="illisible"):
        VersionField().clean(number)


@given(st.text())
def test_a_text_comes_through_a_browser_unchanged(text):
    text = normalize_line_ends(text.replace("\0", ""))
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


def test_a_box_names_its_term():
    boxes = str(a_form()["couloirs"])
    assert 'data-term="couloirs-5"' in boxes


def an_entry_of_the_hospital():
    return Version(number=2, filing={"offer_types": [{"id": 1}], "couloirs": [{"id": 5}]})


@pytest.mark.parametrize("form", [a_form(head=an_entry_of_the_hospital()), a_form("couloirs=5")])
def test_what_is_implied_is_said_and_not_ticked(form):
    offers, couloirs, *_ = form.facets
    [offer], [couloir] = offers, couloirs
    assert "checked" not in str(offer.tag())
    assert offer.data["implied_by"] == "implicite\u00a0: découle de «\u00a0Hôpital\u00a0»"
    assert "checked" in str(couloir.tag())
    assert couloir.data["implied_by"] == ""


def test_what_is_chosen_beside_what_would_imply_it_stays_ticked():
    offers, *_ = a_form("couloirs=5&offer_types=1").facets
    [offer] = offers
    assert "checked" in str(offer.tag())
    assert offer.data["implied_by"] == ""


def test_it_tells_where_the_entry_will_be_filed():
    assert a_form("couloirs=5&themes=1&themes=x&new_themes=Preuves").filed_under == [
        ("Type d’offre", ["Ségur"]),
        ("Couloir Ségur", ["Hôpital"]),
        ("Thématique", ["INS", "Preuves"]),
    ]
    assert a_form().filed_under == []
    assert a_form(head=a_version()).filed_under == [("Thématique", ["CNDA"])]


def test_only_a_stored_entry_is_corrected_in_passing():
    assert "minor" not in a_form().fields
    form = a_form("base=7&minor=on", head=a_version())
    assert form.is_valid()
    assert form.cleaned_data["minor"] is True


def test_a_question_in_a_list_can_start_again_from_another_version():
    head = Version(number=7, entry_id=3, filing={})
    form = QuestionForm(head, QueryDict("q3-question=La+mienne+?&q3-base=7"), taxonomy=TAXONOMY)
    assert form.is_valid()
    form.start_again_from(Version(number=8))
    assert (form["question"].value(), form["base"].value()) == ("La mienne ?", "8")


class TestSchedule:
    def scheduled(self, due_at):
        return ScheduleForm({"due_at": due_at, "base": "7"})

    @pytest.mark.parametrize("typed", ["2999-07-14T08:30", "14/07/2999 08:30"])
    def test_it_is_on_the_clocks_of_paris(self, typed):
        form = self.scheduled(typed)
        assert form.is_valid()
        assert form.cleaned_data["due_at"].isoformat() == "2999-07-14T08:30:00+02:00"

    @pytest.mark.parametrize(
        ("typed", "error"),
        [
            ("", "Indiquez une date et une heure."),
            ("demain", "Date illisible"),
            ("2020-01-01T08:30", "Cette date est passée"),
            ("2999-03-31T02:30", "fuseau horaire"),
        ],
    )
    def test_what_cannot_be_is_refused(self, typed, error):
        form = self.scheduled(typed)
        assert not form.is_valid()
        assert error in form.errors["due_at"][0]


@pytest.mark.every_database
@pytest.mark.django_db
def test_one_form_creates_ten_themes_at_most():
    names = [f"Thème {number}" for number in range(NEW_THEMES_MAX + 1)]
    enough, too_many = (
        EntryForm({"new_themes": ", ".join(some)}, taxonomy=TAXONOMY, head=None, may_name_themes=True)
        for some in (names[:-1], names)
    )
    assert "new_themes" not in enough.errors
    assert too_many.errors["new_themes"] == [
        "11 nouvelles thématiques\u00a0: 10 au plus à la fois. Retirez les autres, "
        "et créez-les dans un second enregistrement."
    ]
