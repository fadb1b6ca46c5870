"""The doctor finds every kind of fault, by name, and nothing wrong with what the services write."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import QuerySet

from faq.enums import BatchKind, EntryStatus
from faq.models import (
    Batch,
    Couloir,
    Dispositif,
    Dump,
    Entry,
    EntryAlias,
    Epoch,
    Pair,
    Passage,
    Publication,
    Verification,
    Version,
)
from faq.models.versions import VersionQuerySet
from faq.services.content import Content
from faq.services.doctor import CHECKS, faults
from faq.services.duplicates import find_duplicates
from faq.services.entries import edit_entry
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry, publish_entry, restore_entry, submit_entry, withdraw_entry
from tests.factories import a_dump_file, a_published_entry, a_taxonomy, an_entry, by_command, take_dump
from tests.pairs import DELAY, OTHER_DELAY, a_pair

pytestmark = pytest.mark.django_db


@pytest.fixture
def faq():
    """A FAQ in which about everything has happened."""
    a_taxonomy()
    other = an_entry(couloirs="hopital", themes="certificats")
    for move in (submit_entry, publish_entry, withdraw_entry, publish_entry, archive_entry, restore_entry):
        move(other.pk, by_command())
    entry = a_published_entry(dispositifs="dpi-vague-1")
    edit_entry(entry.pk, Content("Brouillon ?", "Oui."), by_command())
    take_dump(a_dump_file("Un.", "Deux.", ""))
    undo_batch(Batch.objects.latest("pk").pk, by_command())
    take_dump(a_dump_file("Un.", "Trois."))
    return entry


def update_versions(**fields):
    """Change what cannot be changed, the way a slip of an operator at the database would."""
    QuerySet.update(VersionQuerySet(Version).filter(pk=Version.objects.latest("pk").pk), **fields)


def an_alias(former, survivor):
    batch = Batch.objects.create(kind=BatchKind.BULK_ACTION, label="Fusion", created_at=by_command().at)
    EntryAlias.objects.create(former=former, survivor=survivor, batch=batch)


def move_to_imaging(dispositif):
    dispositif.couloirs.set(Couloir.objects.filter(slug="imagerie"))
    Epoch.move()


def a_settled_pair():
    return a_pair(DELAY, OTHER_DELAY)


def a_chain(faq):
    first, second = an_entry(), an_entry()
    for entry in (first, second):
        archive_entry(entry.pk, by_command())
    an_alias(first, second)
    an_alias(second, faq)


FAULTS = {
    "a gap in the numbering": (lambda faq: update_versions(number=7), "porte le numéro 7"),
    "no version": (
        lambda faq: Entry.objects.create(created_at=by_command().at, updated_at=by_command().at),
        "aucune version",
    ),
    "an old head": (
        lambda faq: Entry.objects.filter(pk=faq.pk).update(head=faq.versions.get(number=1)),
        "pas celui de sa dernière version",
    ),
    "somebody else's live version": (
        lambda faq: Entry.objects.filter(pk=faq.pk).update(live=an_entry().head),
        "celle d’une autre fiche",
    ),
    "a publication too few": (lambda faq: faq.publications.all().delete(), "l’historique des publications"),
    "a publication too many": (
        lambda faq: Publication.objects.filter(pk=Publication.objects.exclude(entry=faq)[0].pk).update(live_until=None),
        "l’historique des publications",
    ),
    "publications that overlap": (
        lambda faq: Publication.objects.create(
            entry=faq, version=faq.head, live_from=by_command().at - timedelta(1), live_until=by_command().at
        ),
        "se chevauchent",
    ),
    "an edit past the service": (lambda faq: Entry.objects.filter(pk=faq.pk).update(question="Autre ?"), "ne dit plus"),
    "a live answer that shows nothing": (
        lambda faq: QuerySet.update(VersionQuerySet(Version).filter(pk=faq.live_id), answer="\u200b\u00ad"),
        "ne montre rien",
    ),
    "a filing past the service": (lambda faq: faq.couloirs.clear(), "ne dit plus"),
    "a term moved away from its entries": (
        lambda faq: move_to_imaging(Dispositif.objects.get(slug="dpi-vague-1")),
        "or la fiche est classée sous",
    ),
    "a stale search text": (lambda faq: Entry.objects.filter(pk=faq.pk).update(search_text=""), "texte de recherche"),
    "a version's fingerprint": (lambda faq: update_versions(answer_fingerprint="f" * 32), "son empreinte"),
    "a passage's fingerprint": (
        lambda faq: Passage.objects.exclude(fingerprint="").update(fingerprint="f" * 32),
        "son empreinte",
    ),
    "an altered passage": (lambda faq: Passage.objects.update(lead="\n"), "a été altérée"),
    "a missing passage": (lambda faq: Dump.objects.last().passages.get(position=1).delete(), "porte le rang 3"),
    "a merged entry in use": (lambda faq: an_alias(an_entry(), faq), "n’est pas archivée"),
    "a redirect to a redirect": (a_chain, "mène à une autre redirection"),
    "a pair of an archived entry": (
        lambda faq: Entry.objects.filter(pk=a_settled_pair().left_id).update(status=EntryStatus.ARCHIVED),
        "l’une des deux fiches est archivée",
    ),
    "pairs of an older detector": (
        lambda faq: Pair.objects.filter(pk=a_settled_pair().pk).update(generation=0),
        "paires d’un détecteur plus ancien (1). Relancez « manage.py find_duplicates ».",
    ),
    "a pair of former texts": (
        lambda faq: Pair.objects.filter(pk=a_settled_pair().pk).update(left_text="f" * 32),
        "un texte a changé depuis la comparaison",
    ),
    "a pair that is not stored": (
        lambda faq: Pair.objects.filter(pk=a_settled_pair().pk).delete(),
        "0 en base, 1 à trouver",
    ),
    "a pair that is stored otherwise": (
        lambda faq: Pair.objects.filter(pk=a_settled_pair().pk).update(kind="siblings"),
        "1 en base, 1 à trouver, mais pas les mêmes",
    ),
    "a review date past the service": (
        lambda faq: Entry.objects.filter(pk=faq.pk).update(review_before=None),
        "sa date de révision n’est pas celle que disent ses délais",
    ),
    "a verification past the service": (
        lambda faq: Entry.objects.filter(pk=faq.pk).update(verification=None),
        "sa vérification n’est pas la dernière qui compte",
    ),
    "somebody else's version checked": (
        lambda faq: Verification.objects.filter(entry=faq).update(version=an_entry().head),
        "la version vérifiée est celle d’une autre fiche",
    ),
    "no epoch": (lambda faq: Epoch.objects.all().delete(), "l’époque"),
}


def test_what_the_services_write_is_in_order(faq):
    assert list(faults()) == []
    out = io.StringIO()
    call_command("doctor", stdout=out)
    assert out.getvalue() == f"Tout est en ordre ({len(CHECKS)} familles de vérifications).\n"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.slow
def test_every_fault_is_named(faq, fault):
    do_harm, words = FAULTS[fault]
    faq = Entry.objects.get(pk=faq.pk)
    do_harm(faq)
    out = io.StringIO()
    with pytest.raises(CommandError, match="anomalie") as refusal:
        call_command("doctor", stdout=out)
    assert words in out.getvalue()
    assert refusal.value.returncode == 1


def test_what_waits_to_be_compared_is_no_fault(faq):
    pair = a_settled_pair()
    edit_entry(pair.left_id, Content("Autre chose ?", "Tout autre chose, sans rapport."), by_command())
    archive_entry(pair.right_id, by_command())
    assert list(faults()) == []


def test_what_find_duplicates_mends_is_in_order_again(faq):
    for fault in FAULTS:
        if "pair" in fault and "archived" not in fault:
            FAULTS[fault][0](faq)
    assert list(faults())
    find_duplicates()
    assert list(faults()) == []


def test_a_draft_beside_a_live_text_is_in_order(faq):
    assert Entry.objects.get(pk=faq.pk).has_draft
    assert Entry.objects.get(pk=faq.pk).status == EntryStatus.PUBLISHED
    assert not any(faq.reference in fault for fault in faults())
