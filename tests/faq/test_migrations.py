"""Migrations keep and convert the data that is there."""

import importlib
import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.utils import timezone

from faq.enums import Action, Decision
from faq.models import Batch, DroppedSchedule, Entry, MovedRow, Pair, SynonymGroup, Theme, Version
from faq.models.schedules import PLAN_COLUMNS
from faq.services.bulk import change_many
from faq.services.content import Content
from faq.services.doctor import faults
from faq.services.duplicates import compare_waiting, decide_pair
from faq.services.entries import edit_entry
from faq.services.merging import merge_entries
from faq.services.schedules import schedule
from faq.services.taxonomy import get_or_create_themes, save_term
from faq.services.taxonomy_operations import merge_terms
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry, withdraw_entry
from tests.factories import a_dump_file, a_published_entry, a_taxonomy, an_entry, by_command, take_dump
from tests.pairs import DELAY, ELSEWHERE, OTHER_DELAY, a_pair

pytestmark = pytest.mark.django_db

material = importlib.import_module("faq.migrations.0006_material_fingerprints")
folding = importlib.import_module("faq.migrations.0014_folded_letters")
rows_migration = importlib.import_module("faq.migrations.0013_rows_for_undo")
taxonomy_batches = importlib.import_module("faq.migrations.0020_taxonomy_batches")
starter_synonyms = importlib.import_module("faq.migrations.0016_starter_synonyms")


DELAY, OTHER_DELAY = (f"{text} Comptez ≥ 5 pièces + 3 % de plus." for text in (DELAY, OTHER_DELAY))


def with_former_fingerprints(pair):
    """Write what was stored before signs counted, of a decision on these two texts."""
    left, right = (material.former_fingerprint("Sous quel délai\u00a0?", text) for text in (DELAY, OTHER_DELAY))
    assert pair.left_text != left
    Pair.objects.filter(pk=pair.pk).update(left_text=left, right_text=right, decided_left=left, decided_right=right)


def test_a_decision_stands_with_the_new_fingerprints():
    before = decide_pair(a_pair(DELAY, OTHER_DELAY), Decision.VARIANT, None)
    with_former_fingerprints(before)
    material.give_the_form_of_now(apps, None)
    names = ("left_text", "right_text", "decided_left", "decided_right")
    assert Pair.objects.values_list(*names).get() == tuple(getattr(before, name) for name in names)
    compare_waiting()
    assert not Pair.objects.open().exists()


def test_a_decision_on_former_texts_counts_when_they_come_back():
    pair = decide_pair(a_pair(DELAY, OTHER_DELAY), Decision.VARIANT, None)
    edit_entry(pair.right_id, Content("Où ?", ELSEWHERE), by_command())
    compare_waiting()
    with_former_fingerprints(pair)
    material.give_the_form_of_now(apps, None)
    edit_entry(pair.right_id, Content("Sous quel délai ?", OTHER_DELAY), by_command())
    compare_waiting()
    assert Pair.objects.get().stands
    assert not Pair.objects.open().exists()


def test_letters_that_are_folded_since_make_no_decision_old():
    left, right = f"{DELAY} Main-d’œuvre – comprise.", f"{OTHER_DELAY} Main-d’œuvre – comprise."
    pair = decide_pair(a_pair(left, right), Decision.VARIANT, None)
    entry = Entry.objects.get(pk=pair.left_id)
    names = ("left_text", "right_text", "decided_left", "decided_right")
    former = [
        folding.material_fingerprint(folding.Document(0, "Sous quel délai\u00a0?", text), fold=folding.former_fold)
        for text in (left, right)
    ]
    assert pair.left_text not in former
    Pair.objects.filter(pk=pair.pk).update(**dict(zip(names, former * 2, strict=True)))
    Entry.objects.filter(pk=entry.pk).update(search_text=folding.former_fold(entry.search_text))
    folding.give_the_form_of_now(apps, None)
    assert Pair.objects.values_list(*names).get() == tuple(getattr(pair, name) for name in names)
    assert Entry.objects.get(pk=entry.pk).search_text == entry.search_text
    assert "main-d'oeuvre -" in entry.search_text


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_what_merges_moved_becomes_rows_and_a_document_again():
    take_dump(a_dump_file("Un texte."))
    gone, former, kept = Entry.objects.get(), a_published_entry("Déjà fusionnée ?"), a_published_entry("Gardée ?")
    edit_entry(gone.pk, Content("Absorbée ?", "Un texte."), by_command(), then=Action.PUBLISHED)
    merge_entries(gone.pk, [former.pk], Content("Absorbée ?", "Un texte."), by_command(), bases={})
    undo_batch(change_many({gone.pk: None}, archive_entry, "Archivage", None).batch.pk, by_command())
    schedule(gone.pk, Action.WITHDRAWN, timezone.now() + timedelta(days=1), by_command())
    merge_entries(kept.pk, [gone.pk], Content("Réunies ?", "Oui."), by_command(), bases={})
    rows = rows_for_undo()
    assert all(rows.values())
    migrate(rows_migration.Migration.dependencies[0])
    with connection.cursor() as cursor:
        cursor.execute("SELECT moved FROM faq_batch ORDER BY id DESC")
        moved = json.loads(cursor.fetchone()[0])
    assert (moved["survivor"], len(moved["schedules"]), len(moved["aliases"])) == (kept.pk, 1, 1)
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert rows_for_undo() == rows


def migrate(*targets):
    MigrationExecutor(connection).migrate(list(targets))


def rows_for_undo():
    """Return the rows that the migration writes, without their keys."""
    return {
        "batches": list(Batch.objects.order_by("pk").values_list("pk", "survivor", "undoes")),
        "moved": sorted(MovedRow.objects.values_list("batch", "passage", "former", "entry"), key=str),
        "plans": list(DroppedSchedule.objects.order_by("entry", "action").values_list("batch", *PLAN_COLUMNS)),
        "returns": list(Version.objects.exclude(returns_to=None).order_by("pk").values_list("pk", "returns_to")),
    }


def test_two_spellings_that_were_stored_stay_two_and_doctor_names_them():
    certificates = Theme.objects.create(name="Certificats", slug="certificats")
    double = Theme.objects.create(name="x", slug="certificats-2")
    Theme.objects.filter(pk=double.pk).update(name="CERTIFICATS")
    Theme.objects.update(label_key=F("slug"))
    taxonomy_batches.compute_keys(apps, None)
    keys = Theme.objects.order_by("pk").values_list("label_key", flat=True)
    assert list(keys) == ["certificats", f"certificats|{double.pk}"]
    assert [fault for fault in faults() if "s’écrivent pareil" in fault]
    double.refresh_from_db()
    # It can be changed, as ever, and the other name finds the first.
    double.retired = True
    save_term(double, None)
    assert get_or_create_themes(["certificats"], None) == [certificates]
    merge_terms(double, certificates, None)
    assert list(faults()) == []


def test_thematiques_that_only_drafts_have_named_are_not_public():
    a_taxonomy()
    for slug in ("live", "past", "draft", "unused"):
        Theme.objects.create(name=slug, slug=slug)
    a_published_entry(themes="live")
    withdraw_entry(a_published_entry(themes="past").pk, by_command())
    an_entry(themes="draft")
    taxonomy_batches.note_public_themes(apps, None)
    assert list(Theme.objects.filter(was_public=False).values_list("slug", flat=True)) == ["draft"]


def test_starter_groups_that_editors_left_alone_get_the_new_expressions():
    groups = [(former.split("|"), one_way) for one_way, former, _ in starter_synonyms.CHANGED]
    SynonymGroup.objects.bulk_create(SynonymGroup(expressions=said, one_way=one_way) for said, one_way in groups)
    starter_synonyms.give_the_expressions_of_now(apps, None)
    starter = json.loads((settings.BASE_DIR / "fixtures" / "synonyms.json").read_text(encoding="utf-8"))
    now = [[group["expressions"], group.get("one_way", False)] for group in starter]
    changed = [[group.expressions, group.one_way] for group in SynonymGroup.objects.order_by("pk")]
    assert [group for group in changed if group not in now] == []
    assert len(changed) == len(groups)


def test_groups_that_editors_changed_retired_or_wrote_stay():
    groups = (
        SynonymGroup(expressions=["DMP", "dossier médical partagé", "carnet de santé"]),
        SynonymGroup(expressions=["EHPAD", "maison de retraite"], retired=True),
        SynonymGroup(expressions=["délai", "combien de temps"]),
        SynonymGroup(expressions=["imagerie", "radiologie"]),
        SynonymGroup(expressions=["Radio", "station"]),
    )
    SynonymGroup.objects.bulk_create(groups)
    before = list(SynonymGroup.objects.order_by("pk").values())
    starter_synonyms.give_the_expressions_of_now(apps, None)
    assert list(SynonymGroup.objects.order_by("pk").values()) == before
