"""Imports: all or nothing, idempotent, and every answer accounted for."""

import io
import threading

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faq.domain.duplicates.pairs import Cause, PairKind, Reason
from faq.domain.text import fingerprint
from faq.enums import DumpVerdict, EntryStatus, Origin
from faq.models import Batch, Dump, Entry, Pair, Passage, Version
from faq.services import dumps, duplicates
from faq.services.content import Content, ImportRefused
from faq.services.dumps import Source, import_dumps
from faq.services.dumps_export import export_current, export_dump, find_dump
from faq.services.entries import edit_entry
from faq.services.undo import undo_batch
from faq.services.versions import Provenance
from faq.services.workflow import archive_entry, publish_entry
from tests.factories import a_dump_file, an_entry, by_command, take_dump, unlike_texts
from tests.pairs import DELAY, FIRST_WAVE, LONG_DELAY, OTHER_DELAY, REWORDED_DELAY, SECOND_WAVE

pytestmark = pytest.mark.django_db

LONG = "Le dossier se dépose chapitre par chapitre, et chaque preuve est relue par un instructeur sous dix jours."


def verdicts(report):
    return [finding.verdict for finding in report.findings]


def exported(name="page", edition=None, export=export_dump):
    return b"".join(export(find_dump(name, edition)))


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Entry, Version, Dump, Passage, Batch)]


def test_equal_texts_make_one_entry_others_each_their_own():
    report = take_dump(a_dump_file("L'INS est qualifiée.", "Autre texte.", "L’INS  est qualifiée."))
    assert verdicts(report) == [DumpVerdict.NEW, DumpVerdict.NEW, DumpVerdict.KNOWN]
    assert list(Entry.objects.values_list("answer", "status")) == [
        ("L'INS est qualifiée.", EntryStatus.DRAFT),
        ("Autre texte.", EntryStatus.DRAFT),
    ]
    numbers = Passage.objects.values_list("entry", flat=True)
    assert numbers[0] == numbers[2] != numbers[1]
    version = Version.objects.first()
    assert (version.origin, version.batch) == (Origin.DUMP_IMPORT, Batch.objects.get())


def test_an_empty_answer_has_no_entry():
    report = take_dump(a_dump_file("Texte.", "", " \u00a0"))
    assert verdicts(report) == [DumpVerdict.NEW, DumpVerdict.EMPTY, DumpVerdict.EMPTY]
    assert Entry.objects.count() == 1
    assert exported(export=export_current) == exported()


def test_the_same_bytes_again_change_nothing():
    data = a_dump_file("Un.", "Deux.")
    take_dump(data)
    before = everything()
    report = take_dump(data)
    assert report.unchanged
    assert everything() == before


def test_the_same_bytes_under_another_name_make_no_entry():
    take_dump(a_dump_file("Un.", "Deux."))
    report = take_dump(a_dump_file("Un.", "Deux."), "autre")
    assert verdicts(report) == [DumpVerdict.KNOWN] * 2
    assert Entry.objects.count() == 2


def test_line_ends_are_kept_in_the_dump_and_even_in_the_entry():
    data = a_dump_file("Une liste :\r\n- un\n- deux", line_end="\r\n")
    take_dump(data)
    assert exported() == data
    assert Entry.objects.get().answer == "Une liste :\n- un\n- deux"


def test_a_newer_edition_keeps_both_and_tells_what_changed():
    first = a_dump_file("Reste.", LONG, "Disparaît tout à fait.")
    take_dump(first)
    second = a_dump_file("Reste.", LONG.replace("dix", "quinze"), "Arrive seulement maintenant, sans rapport aucun.")
    report = take_dump(second)
    assert report.edition == 2
    assert verdicts(report) == [DumpVerdict.KNOWN, DumpVerdict.CHANGED, DumpVerdict.NEW]
    assert [(finding.position, finding.line) for finding in report.vanished] == [(3, 5)]
    assert sum(report.counts().values()) == report.answers == 3
    assert (exported(edition=1), exported(edition=2), exported()) == (first, second, second)
    assert [passage.source for passage in Passage.objects.current()] == ["page#1", "page#2", "page#3"]


def test_an_empty_answer_that_the_newer_edition_lacks_has_not_vanished():
    take_dump(a_dump_file("Reste.", ""))
    assert take_dump(a_dump_file("Reste.")).vanished == []


def test_an_older_edition_that_comes_back_is_a_new_edition():
    for data in (a_dump_file("Un."), a_dump_file("Deux."), a_dump_file("Un.")):
        report = take_dump(data)
    assert report.edition == 3
    assert exported() == a_dump_file("Un.")


def test_near_texts_are_pointed_out_and_kept_apart():
    take_dump(a_dump_file(LONG))
    report = take_dump(a_dump_file(LONG.replace("référent", "réfèrent").replace("dépose", "depose")), "autre")
    [finding] = report.findings
    older = finding.resemblance
    assert finding.verdict == DumpVerdict.LOOKS_LIKE
    assert (older.left, older.verdict.kind, older.verdict.reason) == (Entry.objects.first().pk, PairKind.EXACT, None)
    assert Entry.objects.count() == 2


def test_what_tells_an_answer_from_an_older_one_is_said():
    take_dump(a_dump_file(DELAY, FIRST_WAVE))
    conflict, sibling = take_dump(a_dump_file(OTHER_DELAY, SECOND_WAVE), "autre").findings
    older = conflict.resemblance
    assert (older.left, older.verdict.kind) == (Entry.objects.first().pk, PairKind.CONFLICT)
    assert older.verdict.reason == Reason(Cause.NUMBER, "30 jours", "60 jours")
    assert (sibling.verdict, sibling.resemblance) == (DumpVerdict.NEW, None)


def test_a_new_answer_takes_the_place_of_one_that_vanished_before_it_resembles_another():
    take_dump(a_dump_file(DELAY))
    take_dump(a_dump_file(REWORDED_DELAY), "autre")
    report = take_dump(a_dump_file(REWORDED_DELAY, LONG_DELAY), "page")
    assert verdicts(report) == [DumpVerdict.KNOWN, DumpVerdict.CHANGED]
    assert report.findings[1].resemblance.left == Entry.objects.first().pk
    assert report.vanished == []


def test_what_an_import_found_is_stored_with_it(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        take_dump(a_dump_file(DELAY, OTHER_DELAY))
    assert [pair.kind for pair in Pair.objects.open()] == ["conflict"]
    assert not Entry.objects.filter(comparison_rank=None).exists()


def test_lookalikes_within_one_file_are_pointed_out():
    report = take_dump(a_dump_file(LONG, LONG.replace("dix", "onze")))
    assert verdicts(report) == [DumpVerdict.NEW, DumpVerdict.LOOKS_LIKE]


def test_a_text_is_known_by_its_source_after_its_entry_was_edited():
    take_dump(a_dump_file("Texte d'origine."))
    entry = Entry.objects.get()
    edit_entry(entry.pk, Content("Question ?", "Texte corrigé."), by_command())
    report = take_dump(a_dump_file("Texte d’origine.", "Texte corrigé."), "autre")
    assert [finding.number for finding in report.findings] == [entry.pk, entry.pk]


def test_a_text_is_known_by_the_draft_beside_the_live_one():
    entry = an_entry("Question ?", "En ligne.")
    publish_entry(entry.pk, by_command())
    edit_entry(entry.pk, Content("Question ?", "En préparation."), by_command())
    report = take_dump(a_dump_file("En ligne.", "En préparation."))
    assert [finding.number for finding in report.findings] == [entry.pk, entry.pk]


def test_an_entry_in_use_is_preferred_to_an_archived_one():
    archived, used = an_entry(answer="Le même texte."), an_entry(answer="Le même texte.")
    archive_entry(archived.pk, by_command())
    assert take_dump(a_dump_file("Le même texte.")).findings[0].number == used.pk


def test_an_archived_entry_keeps_its_text_and_stays_archived():
    entry = an_entry(answer="Vieux texte.")
    archive_entry(entry.pk, by_command())
    report = take_dump(a_dump_file("Vieux texte."))
    assert (verdicts(report), report.findings[0].number) == ([DumpVerdict.KNOWN], entry.pk)
    assert Entry.objects.get().status == EntryStatus.ARCHIVED


def test_bytes_come_back_after_edits_publications_and_archiving():
    data = a_dump_file("Un.", "Deux.", "Trois.") + b"Reste sans fin"
    take_dump(data)
    first, second, _ = Entry.objects.order_by("pk")
    edit_entry(first.pk, Content("Question ?", "Tout autre."), by_command())
    publish_entry(first.pk, by_command())
    archive_entry(second.pk, by_command())
    assert exported() == data
    assert exported(export=export_current) == data.replace(b"Un.", b"Tout autre.")


def test_the_current_dump_keeps_its_line_ends_and_brings_no_entry():
    take_dump(a_dump_file("Un.", "Deux.", line_end="\r\n"))
    entry = Entry.objects.first()
    edit_entry(entry.pk, Content("Question ?", "Une ligne,\nune autre."), by_command())
    publish_entry(entry.pk, by_command())
    edit_entry(entry.pk, Content("Question ?", "Un brouillon qui ne sort pas."), by_command())
    current = exported(export=export_current)
    assert current == a_dump_file("Une ligne,\r\nune autre.", "Deux.", line_end="\r\n")
    before = Entry.objects.count()
    take_dump(current)
    assert Entry.objects.count() == before


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_current_dump_carries_every_markup_and_brings_no_entry(line_end):
    take_dump(a_dump_file("Un.", "Deux.", line_end=line_end))
    entry = Entry.objects.first()
    rich = f"""## Titre
| A | B |
|---|--:|
| ![Écran](media:{"a" * 32}.png) | 3 \\| 4 |

> Citation

Voir Q-1.
[Guide (PDF, 3 ko)](media:{"b" * 32}.pdf)"""
    edit_entry(entry.pk, Content("Question ?", rich), by_command())
    publish_entry(entry.pk, by_command())
    current = exported(export=export_current)
    assert current == a_dump_file(rich.replace("\n", line_end), "Deux.", line_end=line_end)
    before = Entry.objects.count()
    take_dump(current)
    assert Entry.objects.count() == before
    assert exported(export=export_current) == current


def test_a_preview_tells_the_same_and_leaves_no_trace():
    data = a_dump_file("Un.", LONG, LONG.replace("dix", "onze"), "Un.", "")
    take_dump(a_dump_file("Avant.", LONG))
    before = everything()
    preview = take_dump(data, dry_run=True)
    assert everything() == before
    real = take_dump(data)
    assert [(f.position, f.line, f.verdict) for f in preview.findings] == [
        (f.position, f.line, f.verdict) for f in real.findings
    ]
    assert [f.position for f in preview.vanished] == [f.position for f in real.vanished]


def test_one_bad_file_among_several_stores_nothing_of_any():
    sources = [
        Source("bon", io.BytesIO(a_dump_file("Bien.")), "bon.txt"),
        Source("latin", io.BytesIO(a_dump_file("Été.").decode().encode("latin-1")), "latin.txt"),
        Source("vide", io.BytesIO(b""), "vide.txt"),
    ]
    with pytest.raises(ImportRefused) as refusal:
        import_dumps(sources, by_command())
    assert [reason.split(" : ")[0] for reason in refusal.value.reasons] == ["latin.txt", "vide.txt"]
    assert everything() == [[], [], [], [], []]


@pytest.mark.parametrize("name", ["", "a#b", "a\0b", "x" * 121])
def test_a_name_that_cannot_be_cited_is_refused(name):
    with pytest.raises(ImportRefused, match="--name"):
        take_dump(a_dump_file("Un."), name)
    assert not Dump.objects.exists()


def test_two_files_of_one_name_are_refused():
    sources = [Source("page", io.BytesIO(a_dump_file(text)), "page.txt") for text in ("Un.", "Deux.")]
    with pytest.raises(ImportRefused, match="l’un après l’autre"):
        import_dumps(sources, by_command())


def test_a_failure_in_the_middle_stores_nothing():
    def fail(done, total):
        raise ConnectionError("la machine s’arrête")

    with pytest.raises(ConnectionError):
        take_dump(a_dump_file("Un."), progress=fail)
    assert everything() == [[], [], [], [], []]


def test_a_file_that_changes_while_it_is_read_is_refused():
    class Growing(io.BytesIO):
        def seek(self, *args):
            if self.tell():
                self.seek_end_and_write()
            return super().seek(*args)

        def seek_end_and_write(self):
            super().seek(0, io.SEEK_END)
            self.write(a_dump_file("Arrivée entre-temps."))

    with pytest.raises(ImportRefused, match="a changé pendant son import"):
        import_dumps([Source("page", Growing(a_dump_file("Un.")), "page.txt")], by_command())
    assert everything() == [[], [], [], [], []]


def test_an_altered_dump_does_not_pass_for_the_original():
    take_dump(a_dump_file("Un."))
    Passage.objects.update(answer="Altéré.")
    with pytest.raises(ValueError, match="altérée"):
        exported()


def test_only_reviewers_import():
    writer = User.objects.create_user("redacteur")
    writer.groups.add(Group.objects.get(name="rédacteur"))
    with pytest.raises(PermissionDenied):
        import_dumps([], Provenance(Origin.DUMP_IMPORT, writer))


@pytest.mark.parametrize("number", [3, 400])
@pytest.mark.slow
def test_queries_depend_on_chunks_not_on_answers(number):
    data = a_dump_file(*unlike_texts(number))
    with CaptureQueriesContext(connection) as queries:
        take_dump(data)
    # SQLite takes 999 parameters a statement, so its inserts come in several.
    assert len(queries) <= 45


def test_a_file_of_several_chunks(monkeypatch):
    monkeypatch.setattr("faq.services.dumps.CHUNK", 3)
    answers = [f"Réponse numéro {rank % 5}." for rank in range(11)]
    data = a_dump_file(*answers) + b"fin"
    seen = []
    report = take_dump(data, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(3, 11), (6, 11), (9, 11), (11, 11)]
    assert Entry.objects.count() == 5
    assert report.counts()[DumpVerdict.KNOWN] == 6
    assert exported() == data


texts = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(texts, min_size=1, max_size=4), texts)
def test_whatever_text_is_imported_comes_back(answers, tail):
    data = a_dump_file(*answers) + tail.encode()
    name = f"page {Dump.objects.count()}"
    take_dump(data, name)
    assert exported(name) == data
    assert exported(name, export=export_current) == data


@pytest.mark.django_db(transaction=True)
def test_imports_at_the_same_time_make_one_entry_per_text():
    answers = [f"Réponse {rank} sur un sujet bien à elle." for rank in range(30)]
    failures = []

    def import_under(name):
        try:
            take_dump(a_dump_file(*answers), name)
        except Exception as failure:  # noqa: BLE001 - whatever happens in a thread must be seen
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=import_under, args=(f"page {rank}",)) for rank in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (Dump.objects.count(), Passage.objects.count(), Entry.objects.count()) == (4, 120, 30)


def test_the_fingerprint_of_an_answer_is_computed_once(monkeypatch):
    fingerprinted = []

    def counted(text):
        fingerprinted.append(text)
        return fingerprint(text)

    for module in ("dumps", "versions"):
        monkeypatch.setattr(f"faq.services.{module}.fingerprint", counted)
    answers = unlike_texts(20)
    data = a_dump_file(*answers, answers[0], "l’INS\r\nen deux lignes")
    take_dump(data)
    assert len(fingerprinted) == 22
    for passage in Passage.objects.select_related("entry__head"):
        assert passage.fingerprint == fingerprint(passage.answer) == passage.entry.head.answer_fingerprint
    take_dump(data)
    assert len(fingerprinted) == 22


@pytest.mark.django_db(transaction=True)
def test_entries_that_an_import_restores_are_compared_all_at_once(monkeypatch):
    def spied(comparison):
        compared.append(comparison.numbers)
        return store(comparison)

    texts = [DELAY, OTHER_DELAY, *unlike_texts(4)]
    undo_batch(take_dump(a_dump_file(*texts)).batch, by_command())
    assert not Pair.objects.filter(stands=True).exists()
    compared, store = [], duplicates.store_comparison
    monkeypatch.setattr(duplicates, "store_comparison", spied)
    monkeypatch.setattr(dumps, "CHUNK", 2)
    with CaptureQueriesContext(connection) as queries:
        take_dump(a_dump_file(*texts, ""))
    assert compared == [frozenset(Entry.objects.values_list("pk", flat=True))]
    assert Pair.objects.filter(stands=True).count() == 1
    aliases = [query for query in queries if query["sql"].startswith('SELECT "faq_entryalias"."id"')]
    assert len(aliases) == len(texts) // dumps.CHUNK


@pytest.mark.django_db(transaction=True)
def test_what_lies_in_the_bin_does_not_postpone_the_comparison_of_an_import(monkeypatch):
    def spied(comparison):
        postponed.append(store(comparison).postponed)

    undo_batch(take_dump(a_dump_file(*unlike_texts(30))).batch, by_command())
    postponed, store = [], dumps.store_comparison
    monkeypatch.setattr(dumps, "store_comparison", spied)
    take_dump(a_dump_file(DELAY, OTHER_DELAY), "autre")
    assert postponed == [frozenset()]
    assert Pair.objects.filter(stands=True).count() == 1
