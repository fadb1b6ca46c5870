"""The write service: one version per change, a draft beside the live text, nothing lost."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from faq.domain.dumps import VOTE_LINE
from faq.domain.facets import Facet
from faq.enums import Action, EntryStatus
from faq.models import Entry, Epoch, Publication, Version
from faq.selectors.published import load_taxonomy
from faq.services.conflicts import StaleVersion
from faq.services.content import Content, EntryError, InvalidContent, content_of
from faq.services.doctor import faults
from faq.services.entries import create_entries, create_entry, edit_entry
from faq.services.taxonomy import get_or_create_themes
from faq.services.workflow import (
    archive_entries,
    archive_entry,
    publish_entry,
    refuse_entry,
    restore_entry,
    submit_entry,
    withdraw_entry,
)
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command

pytestmark = pytest.mark.django_db


def row_of(entry):
    """The entry as its row and filing tables hold it."""
    entry = Entry.objects.get(pk=entry.pk)
    filing = {facet: frozenset(getattr(entry, facet).values_list("pk", flat=True)) for facet in Facet}
    return Content(entry.question, entry.answer, filing)


def a_user(role):
    user = User.objects.create_user(role)
    user.groups.add(Group.objects.get(name=role))
    return user


PATHS = [
    ("submit", "draft", submit_entry),
    ("publish", "draft", publish_entry),
    ("publish", "in_review", publish_entry),
    ("withdraw", "published", withdraw_entry),
    ("archive", "draft", archive_entry),
    ("archive", "published", archive_entry),
    ("restore", "archived", restore_entry),
]


def in_state(state):
    entry = an_entry("Quel couloir ?", "Celui-ci.", couloirs="hopital", themes="certificats")
    for move in {
        "draft": [],
        "in_review": [submit_entry],
        "published": [publish_entry],
        "archived": [archive_entry],
    }[state]:
        move(entry.pk, by_command())
    return entry


@pytest.mark.parametrize(("name", "state", "move"), PATHS, ids=[f"{name}-{state}" for name, state, _ in PATHS])
def test_every_move_leaves_one_version_that_equals_the_row(name, state, move):
    a_taxonomy()
    entry = in_state(state)
    before = entry.versions.count()
    outcome = move(entry.pk, by_command())
    assert outcome.changed
    assert entry.versions.count() == before + 1
    assert outcome.version.number == before + 1
    assert content_of(outcome.version) == row_of(entry)
    assert Entry.objects.get(pk=entry.pk).status == outcome.version.status
    again = move(entry.pk, by_command())
    assert not again.changed
    assert entry.versions.count() == before + 1


def test_a_snapshot_holds_ids_and_labels():
    a_taxonomy()
    version = an_entry(dispositifs="dpi-vague-1").head
    [couloir] = version.filing["couloirs"]
    assert (couloir["slug"], couloir["label"]) == ("hopital", "Hôpital")
    assert [term["slug"] for term in version.filing["offer_types"]] == ["segur"]
    assert version.filing["themes"] == []


def test_a_question_loses_the_marks_that_turn_a_text_round():
    assert an_entry("\u2067Comment\u202e faire\u200e\u00a0?", "Ainsi.").question == "Comment faire\u00a0?"


def test_an_edit_of_a_draft_changes_the_row():
    entry = an_entry("Avant ?", "Avant.")
    outcome = edit_entry(entry.pk, Content("Après ?", "Après."), by_command())
    assert row_of(entry) == content_of(outcome.version)
    assert row_of(entry).question == "Après ?"
    assert Entry.objects.get(pk=entry.pk).search_text == "apres ? apres."


def test_an_edit_of_a_published_entry_stays_beside_the_live_text():
    a_taxonomy()
    entry = a_published_entry("En ligne ?", "Oui.", couloirs="hopital")
    epoch, updated_at = Epoch.now(), Entry.objects.get(pk=entry.pk).updated_at
    edit_entry(entry.pk, Content("Nouveau ?", "Non.", a_filing(couloirs="imagerie")), by_command())
    entry = Entry.objects.get(pk=entry.pk)
    assert entry.updated_at == updated_at, "feeds and site maps tell it to the public"
    assert (entry.status, entry.question, entry.has_draft) == (EntryStatus.PUBLISHED, "En ligne ?", True)
    assert row_of(entry).filing == a_filing(couloirs="hopital", offer_types="segur")
    assert entry.live.number == 2
    assert entry.head.number == 3
    assert Epoch.now() == epoch
    submit_entry(entry.pk, by_command())
    assert list(Entry.objects.to_review()) == [entry]
    assert row_of(entry).question == "En ligne ?"
    outcome = publish_entry(entry.pk, by_command())
    assert row_of(entry) == content_of(outcome.version)
    assert row_of(entry).question == "Nouveau ?"
    assert Epoch.now() != epoch


def test_withdrawing_an_entry_with_a_draft_keeps_the_draft():
    entry = a_published_entry("En ligne ?", "Oui.")
    edit_entry(entry.pk, Content("Nouveau ?", "Non."), by_command())
    withdraw_entry(entry.pk, by_command())
    entry = Entry.objects.get(pk=entry.pk)
    assert (entry.status, entry.live, entry.question) == (EntryStatus.DRAFT, None, "Nouveau ?")


def test_publications_tell_what_the_public_read():
    entry = a_published_entry()
    edit_entry(entry.pk, Content("Autre ?", "Autre."), by_command())
    publish_entry(entry.pk, by_command())
    archive_entry(entry.pk, by_command())
    spans = list(entry.publications.order_by("live_from").values_list("version__number", "live_from", "live_until"))
    assert [number for number, _, _ in spans] == [2, 4]
    assert spans[0][2] == spans[1][1]
    assert spans[1][2] == Version.objects.get(entry=entry, number=5).created_at
    assert not Publication.objects.filter(live_until__isnull=True).exists()


def test_a_write_that_waited_does_not_come_before_what_it_waited_for():
    entry = a_published_entry()
    earlier = timezone.now() - timedelta(hours=1)
    outcome = edit_entry(entry.pk, Content("Autre ?", "Autre."), by_command(at=earlier), then=Action.PUBLISHED)
    assert outcome.version.created_at == entry.live.created_at
    assert list(faults()) == []


def test_an_unchanged_save_leaves_no_version():
    a_taxonomy()
    entry = an_entry("Quoi ?", "Une liste :\n- un\n- deux", couloirs="hopital")
    same = Content(" Quoi ? ", "\r\nUne liste :\r\n- un\r\n- deux\r\n", a_filing(couloirs="hopital"))
    outcome = edit_entry(entry.pk, same, by_command())
    assert not outcome.changed
    assert entry.versions.count() == 1


def test_a_stale_base_is_refused_and_nothing_is_written():
    entry = an_entry("Un ?", "Un.")
    edit_entry(entry.pk, Content("Deux ?", "Deux."), by_command(), base=1)
    with pytest.raises(StaleVersion, match="version 2") as refusal:
        edit_entry(entry.pk, Content("Trois ?", "Trois."), by_command(), base=1)
    assert refusal.value.theirs.question == "Deux ?"
    assert entry.versions.count() == 2
    assert row_of(entry).question == "Deux ?"


@pytest.mark.parametrize(
    ("content", "field", "word"),
    [
        (Content("a" * 301, "b"), "question", "300"),
        (Content("Nul\0 ?", "b"), "question", "invisible"),
        (Content("a", "b\ud800"), "answer", "invisible"),
        (Content("a", f"Bien.\n{VOTE_LINE}\nMal."), "answer", "vote"),
        (Content("a", "Votre question concerne quel couloir Ségur ?\nOui"), "answer", "cascade"),
    ],
)
def test_what_cannot_be_stored_is_refused_in_french(content, field, word):
    with pytest.raises(InvalidContent, match=word) as refusal:
        create_entry(content, by_command())
    assert refusal.value.field == field
    assert not Entry.objects.exists()


def test_a_contradictory_filing_is_refused_by_facet():
    a_taxonomy()
    with pytest.raises(InvalidContent, match="relève de « Hôpital »") as refusal:
        an_entry(dispositifs="dpi-vague-1", couloirs="imagerie")
    assert refusal.value.field == Facet.DISPOSITIFS


@pytest.mark.parametrize(
    ("prepare", "move", "reason"),
    [
        (lambda: an_entry("", "Sans question."), publish_entry, "il lui manque sa question"),
        (lambda: an_entry("\u200b\u3164", "\u00ad\n\ufeff\u200e"), submit_entry, "sa question et sa réponse"),
        (lambda: an_entry("Oui ?", "\u200b \u2060"), publish_entry, "il lui manque sa réponse"),
        (lambda: an_entry("", ""), submit_entry, "il lui manque sa question et sa réponse"),
        (lambda: in_state("archived"), publish_entry, "archivée"),
        (lambda: in_state("in_review"), withdraw_entry, "pas publiée"),
        (lambda: in_state("published"), submit_entry, "déjà en ligne"),
        (lambda: in_state("published"), restore_entry, "pas archivée"),
    ],
)
def test_impossible_moves_say_why(prepare, move, reason):
    a_taxonomy()
    entry = prepare()
    before = entry.versions.count()
    with pytest.raises(EntryError, match=reason):
        move(entry.pk, by_command())
    assert entry.versions.count() == before


@pytest.mark.parametrize("comment", ["", " \n"])
def test_a_refusal_that_says_nothing_is_refused(comment):
    a_taxonomy()
    entry = in_state("in_review")
    before = entry.versions.count()
    with pytest.raises(EntryError, match="demande un commentaire"):
        refuse_entry(entry.pk, by_command(comment=comment))
    assert entry.versions.count() == before


def test_an_archived_entry_is_not_edited():
    a_taxonomy()
    with pytest.raises(EntryError, match="restaurez-la"):
        edit_entry(in_state("archived").pk, Content("?", "!"), by_command())


def test_one_entry_that_fails_stops_a_group():
    entries = [an_entry(), an_entry()]
    with pytest.raises(Entry.DoesNotExist, match="Q-999999"):
        archive_entries([*[entry.pk for entry in entries], 999999], by_command())
    assert not Entry.objects.filter(status=EntryStatus.ARCHIVED).exists()


RIGHTS = {
    "rédacteur": {"create", "edit", "submit"},
    "relecteur": {"create", "edit", "submit", "publish", "withdraw", "archive"},
    "analyste": set(),
    "administrateur": {"create", "edit", "submit", "publish", "withdraw", "archive"},
}


@pytest.mark.parametrize("role", RIGHTS)
def test_rights_are_checked_in_the_service(role):
    author = a_user(role)
    entry = a_published_entry()
    attempts = {
        "create": lambda: create_entry(Content("?", "!"), by_command(author)),
        "edit": lambda: edit_entry(entry.pk, Content("?", "!"), by_command(author)),
        "submit": lambda: submit_entry(entry.pk, by_command(author)),
        "publish": lambda: publish_entry(entry.pk, by_command(author)),
        "withdraw": lambda: withdraw_entry(entry.pk, by_command(author)),
        "archive": lambda: archive_entry(entry.pk, by_command(author)),
    }
    edit_entry(entry.pk, Content("Brouillon ?", "Oui."), by_command())
    for name, attempt in attempts.items():
        if name in RIGHTS[role]:
            assert attempt().version.author == author
        else:
            with pytest.raises(PermissionDenied, match="Il faudrait le droit"):
                attempt()


@pytest.mark.parametrize("number", [2, 40])
def test_groups_are_written_in_a_constant_number_of_queries(number):
    a_taxonomy()
    load_taxonomy()
    contents = [Content(f"Question {rank} ?", f"Réponse {rank}.") for rank in range(number)]
    with CaptureQueriesContext(connection) as created:
        outcomes = create_entries(contents, by_command())
    with CaptureQueriesContext(connection) as archived:
        archive_entries([outcome.entry.pk for outcome in outcomes], by_command())
    assert (len(created), len(archived)) == (6, 8)


@pytest.mark.django_db(transaction=True)
def test_concurrent_saves_number_without_gap_and_lose_nothing():
    entry = an_entry("Départ ?", "Départ.")
    refused = []

    def save(rank):
        try:
            for turn in range(4):
                while True:
                    base = Version.objects.filter(entry=entry).order_by("-number")[0].number
                    try:
                        edit_entry(entry.pk, Content(f"{rank}-{turn} ?", "Texte."), by_command(), base=base)
                        break
                    except StaleVersion as stale:
                        refused.append(stale)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(rank,)) for rank in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    versions = list(entry.versions.order_by("number").values_list("number", "question"))
    assert [number for number, _ in versions] == list(range(1, 18))
    assert {question for _, question in versions[1:]} == {f"{rank}-{turn} ?" for rank in range(4) for turn in range(4)}
    assert row_of(entry).question == versions[-1][1]


def test_actions_are_remembered():
    entry = an_entry()
    for move in (submit_entry, publish_entry, withdraw_entry, archive_entry, restore_entry):
        move(entry.pk, by_command(comment="parce que"))
    versions = entry.versions.order_by("number")
    assert list(versions.values_list("action", flat=True)) == [
        Action.CREATED,
        Action.SUBMITTED,
        Action.PUBLISHED,
        Action.WITHDRAWN,
        Action.ARCHIVED,
        Action.RESTORED,
    ]
    assert set(versions.values_list("comment", flat=True)[1:]) == {"parce que"}


def test_a_save_reads_every_row_once(django_assert_max_num_queries):
    a_taxonomy()
    entry = a_published_entry("Comment ?", "Oui.", couloirs="hopital")
    a_published_entry("Comment ?", "Autrement.")
    draft = Content("Comment ?", "Autrement.", a_filing(couloirs="hopital"))
    # The savepoint and its release are counted.
    with django_assert_max_num_queries(7):
        edit_entry(entry.pk, draft, by_command())
    with django_assert_max_num_queries(18):
        publish_entry(entry.pk, by_command())
    with django_assert_max_num_queries(0):
        assert get_or_create_themes([], None) == []
