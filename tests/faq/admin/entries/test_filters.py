"""The filters that the list of entries shares with its three queues."""

import re
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from faq.entry_filters import EntryFilters
from faq.filters import DueFilters, ReviewFilters
from faq.models import Entry
from faq.pair_filters import PairFilters
from faq.selectors.published import load_taxonomy
from faq.services.content import Content
from faq.services.duplicates import find_duplicates
from faq.services.entries import edit_entry
from faq.services.review_events import declare_event
from faq.services.workflow import publish_entry, submit_entry
from tests.factories import a_published_entry, a_taxonomy, an_entry, by_command, checked_long_ago
from tests.faq.admin.entry_form import read

pytestmark = pytest.mark.django_db

LIST, REVIEW, DUE, DUPLICATES = (
    reverse(f"admin:faq_entry_{name}") for name in ("changelist", "review", "due", "duplicates")
)
HOSTILE = ("9" * 25, "inconnu", "\0", "~~", "-", "<b>gras</b>", "x" * 5000)


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def waiting_entries(number):
    """Entries that stand in every queue: drafts in review, and live ones that are due; all say the same."""
    for rank in range(number):
        draft = an_entry(couloirs="hopital" if rank % 2 else "imagerie", themes="certificats")
        submit_entry(draft.pk, by_command())
        checked_long_ago(a_published_entry(couloirs="hopital", themes="financement" if rank % 2 else "certificats"))
    find_duplicates()


@pytest.mark.once  # What is ignored reaches no database.
class TestHostileAddresses:
    @pytest.mark.parametrize(
        ("address", "names"),
        [
            (LIST, "etat travail offre couloir dispositif produit theme extraction"),
            (REVIEW, "auteur offre couloir dispositif produit theme"),
            (DUE, "offre couloir dispositif produit theme evenement"),
            (DUPLICATES, "vue fiche nature offre couloir dispositif produit theme"),
        ],
    )
    @pytest.mark.slow
    def test_a_value_that_is_no_choice_is_ignored_and_told(self, analyste, address, names):
        waiting_entries(1)
        for value in HOSTILE:
            response = analyste.get(address, dict.fromkeys(names.split(), value))
            assert read(response).count("Un filtre de l’adresse est inconnu") == len(names.split())
            assert "<b>" not in response.content.decode()
            assert "Effacer les filtres" not in read(response)

    @pytest.mark.parametrize("address", [LIST, REVIEW, DUE, DUPLICATES])
    @pytest.mark.slow
    def test_a_parameter_that_is_no_filter_is_ignored_and_told(self, analyste, address):
        waiting_entries(1)
        for parameter in ("offer_types__id__gt", "couloirs__slug", "head__author__password__startswith", "\0", "'"):
            page = read(analyste.get(address, {parameter: "1"}))
            assert page.count("Un paramètre de l’adresse est inconnu") == 1
            assert '<details class="fold">' not in page, "a notice is not folded away"
        assert "Un paramètre" not in read(analyste.get(address))

    def test_what_django_adds_to_the_address_of_a_list_is_known(self, analyste):
        waiting_entries(1)
        page = read(analyste.get(LIST, {"q": "", "o": "1", "p": "1", "e": "1", "all": ""}))
        assert "de l’adresse est inconnu" not in page


def counted(filters):
    """The number that each option announces, by filter and value."""
    return {
        (field.name, value): int(re.search(r"\((\d+)\)$", label)[1])
        for field in filters.fields
        for value, label in getattr(field.field, "choices", ())  # a day has none
        if value
    }


class TestCounts:
    @pytest.mark.every_database
    @pytest.mark.parametrize("asked", ["", "theme=certificats", "couloir=hopital&theme=financement", "couloir=~"])
    @pytest.mark.parametrize(
        "filters_of",
        [
            lambda query: EntryFilters(query, Entry.objects.all()),
            lambda query: ReviewFilters(query, Entry.objects.to_review()),
            lambda query: DueFilters(query, Entry.objects.due(timezone.localdate())),
            PairFilters,
        ],
        ids=["list", "review", "due", "duplicates"],
    )
    @pytest.mark.slow
    def test_every_option_leads_to_as_many_entries_as_it_announces(self, filters_of, asked):
        waiting_entries(4)
        couloir = next(term for term in load_taxonomy().by_facet["couloirs"] if term.slug == "hopital")
        declare_event(couloir, "Arrêté", date(2026, 1, 5), None)
        query = QueryDict(asked)
        offered = counted(filters_of(query))
        assert offered
        for (name, value), announced in offered.items():
            changed = query.copy()
            changed[name] = value
            assert filters_of(changed).qs.count() == announced


@pytest.mark.every_database
@pytest.mark.parametrize("address", [LIST, REVIEW, DUE, DUPLICATES])
@pytest.mark.slow
def test_as_many_queries_for_many_entries_as_for_few(relecteur, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            relecteur.get(address, {"couloir": "hopital", "theme": "certificats"})
        return len(captured)

    waiting_entries(2)
    queries()
    few = queries()
    waiting_entries(4)
    assert queries() == few


def test_a_draft_beside_a_live_text_is_a_change(redacteur):
    past = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    entry = an_entry(at=past)
    publish_entry(entry.pk, by_command(at=past))
    asked = {"depuis": "2026-04-01", "auteur": redacteur.user.pk}
    edited = an_entry("Autre ?", author=redacteur.user)
    assert [one.pk for one in redacteur.get(LIST, asked).context["cl"].result_list] == [edited.pk]
    edit_entry(entry.pk, Content("Comment ?", "Autrement."), by_command(redacteur.user))
    assert {one.pk for one in redacteur.get(LIST, asked).context["cl"].result_list} == {entry.pk, edited.pk}


def test_what_is_set_stands_above_the_folded_filters_and_is_taken_away_alone(redacteur):
    an_entry("Un ?", couloirs="hopital")
    page = read(redacteur.get(LIST, {"couloir": "hopital", "depuis": "2026-03-01", "q": "un", "p": "1"}))
    [chosen] = re.findall(r'<ul class="filters-set".*?</ul>', page, re.DOTALL)
    links = re.findall(r'href="([^"]*)">([^<]*)<', chosen)
    assert links == [
        ("?depuis=2026-03-01&q=un", "Couloir Ségur\u00a0: Hôpital"),
        ("?couloir=hopital&q=un", "Modifiée depuis le\u00a0: 1er\u00a0mars 2026"),
    ]
    assert '<details class="fold">' in page
    assert "filters-set" not in read(redacteur.get(LIST))
