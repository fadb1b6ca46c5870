"""The words that searches read are written by each publication, in few queries, and can be built again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faq.domain.search import analysis
from faq.enums import Action
from faq.models import Entry, Epoch, SearchedEntry, SearchForm, SearchStem
from faq.selectors.published import live_snapshot
from faq.selectors.search.hits import live_search
from faq.services import search
from faq.services.content import Content
from faq.services.doctor import faults
from faq.services.entries import create_entries
from faq.services.search import ensure_searchable, rebuild_search, store_usefulness
from faq.services.workflow import archive_entry
from tests.factories import a_filing, a_published_entry, an_entry, by_command, numbers, some_published_entries

pytestmark = pytest.mark.django_db


def stored():
    """The words of every entry, by their keys: numbers differ after a rebuild."""
    keys = dict(SearchStem.objects.values_list("pk", "key"))
    rows = SearchedEntry.objects.values_list("pk", "words")
    return {
        number: {keys[int.from_bytes(item, "little") >> 8]: item[0] for item in items(bytes(words))}
        for number, words in rows
    }


def items(words):
    return [words[place : place + 4] for place in range(0, len(words), 4)]


def test_a_live_entry_has_its_words():
    entry = a_published_entry("Une carte CPS ?", "Des cartes.")
    an_entry("Brouillon ?", "Rien.")
    assert stored() == {entry.pk: dict(analysis.analyse(entry.question, entry.answer).weights)}
    assert SearchForm.objects.get(form="cartes").stem == SearchStem.objects.get(key="cart")


def test_words_are_remembered_as_they_were_written_first():
    a_published_entry("Le RÉFÉRENCEMENT, l’e-CPS et la DRIMbox ?", "Référencement, écran.")
    shown = dict(SearchForm.objects.values_list("form", "shown"))
    assert (shown["ecps"], shown["drimbox"], shown["ecran"]) == ("e-CPS", "DRIMbox", "écran")


def test_of_several_entries_the_first_shows_how_a_word_is_written():
    contents = [Content("La DRIMbox ?", "Oui.", a_filing()), Content("Une drimbox neuve ?", "Non.", a_filing())]
    create_entries(contents, by_command(), then=Action.PUBLISHED)
    assert SearchForm.objects.get(form="drimbox").shown == "DRIMbox"


def test_publishing_costs_the_same_whatever_is_live_and_however_many_go_live():
    filing = a_filing()

    def queries(*contents):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            create_entries([Content(text, text, filing) for text in contents], by_command(), then=Action.PUBLISHED)
        return [query["sql"] for query in captured if "faq_search" in query["sql"]]

    some_published_entries(30)
    queries("Une carte ?")
    assert len(queries("Encore une carte ?")) <= 5
    assert len(queries("La carte encore ?")) == 3
    assert len(queries(*[f"Une carte, encore une ? {rank}" for rank in range(40)])) <= 5


def test_everything_can_be_analysed_anew():
    entries = some_published_entries(12)
    store_usefulness({entries[0].pk: 70})
    before = stored()
    epoch = Epoch.now()
    SearchedEntry.objects.filter(pk=entries[3].pk).delete()
    seen = []
    assert rebuild_search(lambda done, total: seen.append((done, total))) == 12
    assert stored() == before
    assert SearchedEntry.objects.get(pk=entries[0].pk).usefulness == 70
    assert seen == [(12, 12)]
    assert Epoch.now() != epoch


def test_an_installation_of_before_becomes_searchable_by_migrating(monkeypatch):
    entries = some_published_entries(3)
    SearchedEntry.objects.all().delete()
    ensure_searchable()
    assert sorted(stored()) == numbers(entries)
    epoch = Epoch.now()
    ensure_searchable()
    assert Epoch.now() == epoch
    monkeypatch.setattr(search, "GENERATION", analysis.GENERATION + 1)
    ensure_searchable()
    assert set(SearchedEntry.objects.values_list("generation", flat=True)) == {analysis.GENERATION + 1}


def test_the_doctor_sees_what_searches_miss():
    lost, gone = some_published_entries(2)
    assert list(faults()) == []
    SearchedEntry.objects.filter(pk=lost.pk).delete()
    Entry.objects.filter(pk=gone.pk).update(status="draft", live=None, review_before=None)
    SearchedEntry.objects.filter(pk=gone.pk).update(generation=0)
    told = [fault for fault in faults() if "recherche" in fault.lower() and "rebuild_search" in fault]
    assert len(told) == 3
    assert any(lost.reference in fault for fault in told)
    assert any(gone.reference in fault for fault in told)


def test_usefulness_puts_an_entry_first_and_moves_what_is_read():
    first, second = (a_published_entry("Une carte ?", f"Réponse {rank}.") for rank in "ab")
    find = lambda: live_search("carte", live_snapshot()).numbers[:]  # noqa: E731
    assert find() == [first.pk, second.pk]
    assert store_usefulness({second.pk: 60, first.pk: 0, 999_999: 3}) == 1
    assert find() == [second.pk, first.pk]
    epoch = Epoch.now()
    assert store_usefulness({second.pk: 60}) == 0
    assert Epoch.now() == epoch
    archive_entry(second.pk, by_command())
    assert find() == [first.pk]
