"""The targets of references, the entries that cite one, and the references that are no links."""

import pytest

from faq.models import Entry
from faq.selectors.entry_links import citing_entries, find_citing_entries, find_dead_references
from faq.services.content import Content, content_of
from faq.services.entries import edit_entry
from faq.services.merging import merge_entries
from faq.services.workflow import archive_entry, withdraw_entry
from tests.factories import a_published_entry, an_entry, by_command, numbers

pytestmark = pytest.mark.django_db


@pytest.fixture
def cited():
    return a_published_entry("Citée ?", "Un.")


def test_live_and_latest_texts_cite(cited):
    live = a_published_entry("Un ?", f"Voir {cited.reference}.")
    draft = an_entry("Deux ?", f"| Voir |\n|---|\n| Q\u2011{cited.pk} |")
    beside = a_published_entry("Trois ?", "Rien.")
    edit_entry(beside.pk, Content("Trois ?", f"## {cited.reference}"), by_command())
    a_published_entry("Quatre ?", f"FAQ-{cited.pk}, Q-{cited.pk}9, https://exemple.fr/{cited.reference}")
    archive_entry(an_entry("Cinq ?", f"Voir {cited.reference}.").pk, by_command())

    assert numbers(citing_entries(cited)) == [live.pk, draft.pk, beside.pk]


def test_an_entry_does_not_cite_itself(cited):
    edit_entry(cited.pk, Content("Citée ?", f"Ceci est {cited.reference}."), by_command())
    assert citing_entries(cited) == []


def test_who_cites_a_merged_entry_cites_the_survivor(cited):
    survivor = a_published_entry("Conservée ?", "Deux.")
    citing = a_published_entry("Un ?", f"Voir {cited.reference}.")
    merge_entries(survivor.pk, [cited.pk], content_of(survivor.head), by_command(), bases={})

    assert numbers(citing_entries(survivor)) == [citing.pk]


def test_many_entries_cost_two_queries(cited, django_assert_num_queries):
    others = [an_entry(f"Fiche {rank} ?", f"Voir {cited.reference}, Q-{rank}.") for rank in range(60)]
    wanted = [cited.pk, *(other.pk for other in others)]
    with django_assert_num_queries(2):
        found = find_citing_entries(wanted)
    assert len(found[cited.pk]) == 60
    with django_assert_num_queries(2):
        assert numbers(find_citing_entries(wanted[:3])[cited.pk]) == numbers(found[cited.pk])


def test_references_that_are_no_links_say_why(cited):
    draft, withdrawn = an_entry("Brouillon ?", "Un."), a_published_entry("Retirée ?", "Un.")
    withdraw_entry(withdrawn.pk, by_command())
    text = f"Voir {cited.reference}, {draft.reference}, {withdrawn.reference} et Q-9999."

    assert [dead.reason for dead in find_dead_references(text)] == [
        f"{draft.reference} n’est pas en ligne (brouillon)",
        f"{withdrawn.reference} n’est pas en ligne (brouillon)",
        "Q-9999 n’existe pas",
    ]


def test_texts_without_references_cost_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert find_dead_references("Voir la FAQ-12.") == []
    assert not Entry.objects.exists()
