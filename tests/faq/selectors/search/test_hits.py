"""The search of what is live: within filters, following every publication, the same for all workers."""

import threading

import pytest
from django.db import connection
from pyroaring import BitMap

from faq.caching import clear_all
from faq.domain.search.proximity import RERANK_DEPTH
from faq.domain.search.references import find_references, parse_reference
from faq.enums import EntryStatus
from faq.models import Entry, Epoch, Product, SearchedEntry, SynonymGroup
from faq.selectors.published import live_snapshot
from faq.selectors.search import memory_backend as searching
from faq.selectors.search.hits import complete_query, live_search
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.search import rebuild_search, store_usefulness
from faq.services.synonyms import save_synonyms
from faq.services.taxonomy import save_term
from faq.services.workflow import archive_entry, publish_entry, withdraw_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command, some_published_entries

pytestmark = pytest.mark.django_db


def hits(query, selection=None, **options):
    return live_search(query, live_snapshot(), selection, **options)


def found(query, **options):
    return hits(query, **options).numbers[:]


@pytest.fixture
def card():
    return a_published_entry("Comment débloquer une carte CPS ?", "Avec le code reçu par courrier.")


def test_only_what_is_live_is_found(card):
    draft = an_entry("Carte en brouillon ?", "Non.")
    assert found("carte") == [card.pk]
    withdraw_entry(card.pk, by_command())
    assert found("carte") == []
    assert not SearchedEntry.objects.filter(pk__in=[card.pk, draft.pk]).exists()


def test_a_draft_beside_a_live_text_is_not_found(card):
    edit_entry(card.pk, Content("Licorne ?", "Oui.", a_filing()), by_command())
    assert found("licorne") == []
    assert found("carte") == [card.pk]


def test_filters_narrow_what_is_ranked_and_not_what_matches():
    a_taxonomy()
    hospital = a_published_entry("Une carte à l’hôpital ?", "Oui.", couloirs="hopital")
    imaging = a_published_entry("Une carte en imagerie ?", "Oui.", couloirs="imagerie")
    snapshot = live_snapshot()
    state = {term.facet: term for term in snapshot.taxonomy.terms if term.slug == "hopital"}
    selected = hits("carte", snapshot.index.select(state))
    assert selected.numbers[:] == [hospital.pk]
    assert selected.count == 1
    assert selected.entries == BitMap([hospital.pk, imaging.pk])


def test_a_publication_costs_few_queries_to_follow_and_a_search_none(card, django_assert_num_queries):
    some_published_entries(20)
    snapshot = live_snapshot()
    live_search("carte", snapshot)
    with django_assert_num_queries(0):
        live_search("carte code", snapshot, snapshot.index.live)
    new = a_published_entry("Une nouvelle carte ?", "Oui.")
    snapshot = live_snapshot()
    with django_assert_num_queries(6):
        assert new.pk in live_search("carte", snapshot).numbers[:]
    with django_assert_num_queries(1):
        assert live_search("curriel", snapshot).correction == ""
        assert live_search("courier", snapshot).correction == "courrier"


def test_following_changes_gives_what_reading_everything_would():
    texts = ["carte CPS", "certificat de serveur", "carte et certificat", "code erroné", "Pro Santé Connect"]
    entries = [a_published_entry(f"{text} ?", f"Réponse sur {text}.") for text in texts]
    hits("carte")
    store_usefulness({entries[2].pk: 80})
    archive_entry(entries[0].pk, by_command())
    for entry in entries[1:3]:
        publish_anew(entry, f"{entry.question} bis", "Autre réponse, sur la messagerie.")
    queries = ["carte", "certificat", "messagerie", "mesagerie", "connect", "reponse", "code carte", "cer"]
    followed = [(hits(query).numbers[:], hits(query).correction) for query in queries]
    assert index_of_now().postings.changes
    clear_all()
    assert [(hits(query).numbers[:], hits(query).correction) for query in queries] == followed
    rebuild_search()
    assert [(hits(query).numbers[:], hits(query).correction) for query in queries] == followed


def index_of_now():
    return searching.live_indexes.get(Epoch.now()).index


def publish_anew(entry, question, answer):
    edit_entry(entry.pk, Content(question, answer, a_filing()), by_command())
    publish_entry(entry.pk, by_command())


def test_a_search_at_an_epoch_that_is_past_finds_what_is_live_there(card):
    before = live_snapshot()
    new = a_published_entry("Une autre carte ?", "Oui.")
    assert set(found("carte")) == {card.pk, new.pk}
    assert live_search("carte", before).numbers[:] == [card.pk]


def test_synonyms_are_obeyed_at_once(card):
    assert found("badge") == []
    group = SynonymGroup(expressions=["badge", "carte CPS"])
    save_synonyms(group, None)
    assert found("badge") == [card.pk]
    group.retired = True
    save_synonyms(group, None)
    assert found("badge") == []


@pytest.mark.parametrize(
    "typed",
    [
        "fiche Q-{} ?",
        "FICHE Q-{} !",
        "« fiche Q-{} »",
        "voir la fiche q {}",
        "fiche n° {}",
        "réf. Q-{}",
        "(Q–{})",
        "q{}.",
    ],
)
def test_a_reference_is_read_in_any_dress(card, typed):
    assert hits(typed.format(card.pk)).numbers[0] == card.pk
    assert not {"fiche", "réf", "n", "q", f"q-{card.pk}", str(card.pk)}.intersection(
        word.lower() for word in hits(typed.format(card.pk)).unknown
    )
    assert parse_reference(typed.format(card.pk)) == card.pk


def test_a_reference_among_other_words_comes_first_too(card):
    other = a_published_entry("Autre ?", "Autre chose.")
    assert hits(f"{other.reference} carte").numbers[0] == other.pk
    assert hits(f"{other.reference} {card.reference}").numbers[:2] == [other.pk, card.pk]
    assert parse_reference(f"{card.reference} perdue") is None


@pytest.mark.parametrize("typed", ["réponse 1", "question 1 de la liste", "version q1x", "ABQ-1", "2026 Q 1 budget"])
def test_other_numbers_are_no_references(typed):
    assert find_references(typed) == []


def test_the_reference_of_an_entry_finds_it_first(card):
    mention = a_published_entry(f"Que dit la fiche {card.reference} sur la carte ?", "Voir.")
    for typed in (card.reference, card.reference.lower(), f"q{card.pk}", f" Q {card.pk} ", f"fiche {card.reference}"):
        assert found(typed)[0] == card.pk
    archive_entry(card.pk, by_command())
    assert card.pk not in found(card.reference)
    assert Entry.objects.get(pk=card.pk).status == EntryStatus.ARCHIVED
    assert mention.pk in found("carte")


def test_what_was_meant_is_written_as_people_write_it(card):
    told = hits("comment debloqeur la crate")
    assert told.correction == "comment débloquer la carte"
    assert told.numbers[:] == [card.pk]
    assert hits("débloquer la carte").correction == ""
    assert hits("carte déjeunée").unknown == ("déjeunée",)


def test_what_is_found_only_corrected_is_vain_as_it_was_typed(card):
    assert hits("crate débloquer").is_vain is False
    assert hits("debloqeur").is_vain
    assert hits("licorne").is_vain
    assert not hits("carte").is_vain
    assert not hits(card.reference).is_vain


def test_a_word_of_french_is_searched_for_as_it_is_and_another_is_suggested():
    a_published_entry("Est-ce possible ?", "Oui.")
    told = hits("c'est impossible")
    assert (told.numbers[:], told.correction, told.suggestion) == ([], "", "c'est possible")
    assert told.is_vain


def test_what_was_searched_for_is_marked(card):
    told = hits("cartes cps")
    assert told.highlight(card.question) == [
        ("Comment débloquer une ", False),
        ("carte", True),
        (" ", False),
        ("CPS", True),
        (" ?", False),
    ]
    assert told.extract("Rien.") == [("Rien.", False)]


def test_words_are_completed_as_people_write_them(card):
    snapshot = live_snapshot()
    assert complete_query("ma carte déb", snapshot) == ["ma carte débloquer"]
    assert complete_query("carte ", snapshot) == []
    assert complete_query("", snapshot) == []


def test_nothing_published_means_nothing_found():
    assert hits("carte").count == 0
    assert hits("").query == ""


def test_too_many_changes_have_everything_read_anew(card, monkeypatch):
    monkeypatch.setattr(searching, "MOST_PATCHES", 1)
    hits("carte")
    some_published_entries(3)
    hits("carte")
    assert index_of_now().postings.changes == 0
    assert found("carte") == [card.pk]


@pytest.mark.django_db(transaction=True)
def test_threads_that_search_while_others_publish_never_miss_what_was_published_before():
    first = a_published_entry("Une carte ?", "Oui.")
    missed = []

    def read():
        for _ in range(30):
            known = set(Entry.objects.live().filter(question__contains="carte").values_list("pk", flat=True))
            if known - set(found("carte")):
                missed.append(known)
        connection.close()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for rank in range(10):
        a_published_entry(f"Une autre carte, la {rank} ?", "Oui.")
    for reader in readers:
        reader.join()
    assert not missed
    assert first.pk in found("carte")
    assert Epoch.now()


def test_what_a_term_is_called_finds_what_is_filed_there_and_follows_a_new_name(card):
    a_taxonomy()
    filed = a_published_entry("Où payer ?", "Au guichet.", products="convergence")
    assert found("convergence") == [filed.pk]
    assert hits("convergence payer").numbers[:] == [filed.pk]
    product = Product.objects.get(slug="convergence")
    product.label = "Guichet numérique"
    save_term(product, None)
    assert hits("convergence").count == 0
    assert found("guichet numérique") == [filed.pk]


def test_words_side_by_side_come_first_for_one_query_more(django_assert_num_queries):
    apart = a_published_entry("Un serveur lit-il le certificat ?", "Oui.")
    together = a_published_entry("Un certificat de serveur est-il lu ?", "Oui.")
    snapshot = live_snapshot()
    assert live_search("serveur", snapshot).numbers[:] == [apart.pk, together.pk]
    with django_assert_num_queries(1):
        assert live_search("certificat serveur", snapshot).numbers[:] == [together.pk, apart.pk]
    with django_assert_num_queries(0):
        live_search("certificat", snapshot)


def test_pages_follow_each_other_without_a_gap_or_a_repetition():
    some_published_entries(RERANK_DEPTH + 25)
    found = hits("question réponse")
    whole = found.numbers[:]
    assert sorted(whole) == list(found.entries)
    assert [number for start in range(0, len(whole), 7) for number in found.numbers[start : start + 7]] == whole
    assert (found.numbers[0], found.numbers[-1]) == (whole[0], whole[-1])
    with pytest.raises(IndexError):
        found.numbers[len(whole)]
