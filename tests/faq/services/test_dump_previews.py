"""Previews of imports: what they say is what the import does, and only what editors chose changes entries."""

import io

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from faq.enums import DumpChoice, DumpVerdict
from faq.models import Dump, DumpPreview, Entry, Upload
from faq.services import dump_previews
from faq.services.content import Content, EntryError, ImportRefused
from faq.services.dump_confirmation import confirm_preview
from faq.services.dump_files import SentFile, find_close_names, find_faults, propose_name, read_file
from faq.services.dump_previews import (
    change_files,
    compute_preview,
    get_choices,
    get_files,
    get_preview,
    open_preview,
)
from faq.services.entries import edit_entry
from tests.factories import a_dump_file, by_command, take_dump
from tests.pairs import DELAY, OTHER_DELAY
from tests.previewing import a_preview, confirm, content, exported, rows, sent, verdicts

pytestmark = pytest.mark.django_db

NEW, KNOWN, LIKE, CHANGED, EMPTY, VANISHED = (
    DumpVerdict.NEW,
    DumpVerdict.KNOWN,
    DumpVerdict.LOOKS_LIKE,
    DumpVerdict.CHANGED,
    DumpVerdict.EMPTY,
    DumpVerdict.VANISHED,
)


@pytest.fixture
def paul():
    return User.objects.create_superuser("paul")


# What a preview says


def test_every_answer_has_one_verdict_at_its_line(paul):
    take_dump(a_dump_file("Reste.", DELAY, "Disparaît tout à fait."), "page")
    preview = a_preview(
        paul, page=a_dump_file("Reste.", OTHER_DELAY, "", "Arrive.", "Arrive."), autre=a_dump_file(DELAY)
    )
    assert [(row.file, row.position, row.line, row.verdict) for row in rows(preview)] == [
        (0, 1, 1, KNOWN),
        (0, 2, 3, CHANGED),
        (0, 3, 6, EMPTY),
        (0, 4, 7, NEW),
        (0, 5, 9, KNOWN),
        (0, 3, 5, VANISHED),
        (1, 1, 1, KNOWN),
    ]
    answers = preview.answers.exclude(verdict=VANISHED)
    assert answers.count() == sum(file.answers for file in get_files(preview)) == 6
    first, changed, _, _, copy, vanished, _ = rows(preview)
    assert (first.entry.answer, changed.entry.answer, vanished.entry.answer) == (
        "Reste.",
        DELAY,
        "Disparaît tout à fait.",
    )
    assert (copy.entry, copy.twin) == (None, "0:4")
    assert (changed.former.answer, changed.text, changed.curated) == (DELAY, OTHER_DELAY, False)
    assert changed.evidence == {"kind": "conflict", "cause": "number", "left": "30 jours", "right": "60 jours"}
    assert [file.edition for file in get_files(preview)] == [2, 1]


def test_a_preview_stores_no_content(paul):
    take_dump(a_dump_file(DELAY), "page")
    before = content()
    preview = a_preview(paul, page=a_dump_file(OTHER_DELAY, "Arrive."))
    assert content() == before
    assert verdicts(preview) == [CHANGED, NEW]


def test_an_entry_rewritten_beyond_likeness_is_still_the_one_that_a_new_edition_changes(paul):
    take_dump(a_dump_file(DELAY), "page")
    entry = Entry.objects.get()
    edit_entry(entry.pk, Content("Combien de temps ?", "Voyez le calendrier publié au bulletin."), by_command())
    [row] = rows(a_preview(paul, page=a_dump_file(OTHER_DELAY)))
    assert (row.verdict, row.entry, row.former.answer, row.curated) == (CHANGED, entry, DELAY, True)
    assert row.choice == DumpChoice.KEEP


def test_files_that_change_while_they_are_computed_are_computed_again(paul):
    preview = open_preview([sent("page", a_dump_file("Un."))], paul)
    change_files(get_preview(preview.key, paul), names={0: "autre"})
    with pytest.raises(EntryError, match="pendant le calcul"):
        compute_preview(preview)
    preview.refresh_from_db()
    assert (preview.computed_at, rows(preview)) == (None, [])


def test_nothing_is_proposed_to_an_entry_of_the_same_import(paul):
    first, second = rows(a_preview(paul, page=a_dump_file(DELAY, OTHER_DELAY)))
    assert (first.verdict, second.verdict) == (NEW, LIKE)
    assert (second.entry, second.twin, second.choice) == (None, "0:1", DumpChoice.CREATE)
    assert get_choices(second) == [DumpChoice.CREATE, DumpChoice.KEEP]


def test_the_same_bytes_again_are_nothing_to_import(paul):
    take_dump(a_dump_file("Un."), "page")
    preview = a_preview(paul, page=a_dump_file("Un."))
    assert ([file.unchanged for file in get_files(preview)], rows(preview)) == ([True], [])
    with pytest.raises(EntryError, match="rien à importer"):
        confirm(preview, paul)


def test_a_preview_is_its_authors(paul):
    preview = a_preview(paul, page=a_dump_file("Un."))
    other = User.objects.create_superuser("marie")
    with pytest.raises(DumpPreview.DoesNotExist):
        get_preview(preview.key, other)
    with pytest.raises(DumpPreview.DoesNotExist):
        confirm_preview(preview.key, other)
    with pytest.raises(PermissionDenied):
        open_preview([sent("page", b"")], User.objects.create_user("personne"))
    assert not Dump.objects.exists()


# Files that are refused


def test_bad_files_are_named_and_the_good_ones_stay(paul):
    good = a_dump_file("Bien.")
    preview = open_preview([sent("bon", good), sent("latin", "Été".encode("latin-1")), sent("vide", b"")], paul)
    bon, latin, vide = find_faults(get_files(preview))
    assert bon == []
    assert "ligne 1, octet 1" in latin[0]
    assert "vide" in vide[0]
    with pytest.raises(EntryError):
        compute_preview(preview)
    change_files(preview, names={0: "meilleur"}, replaced={1: sent("latin", a_dump_file("Été."))}, removed={2})
    assert [(file.name, file.fault) for file in get_files(preview)] == [("meilleur", ""), ("latin", "")]
    compute_preview(preview)
    batch = confirm(preview, paul).batch
    assert [dump.name for dump in batch.dumps.order_by("pk")] == ["meilleur", "latin"]
    assert exported("meilleur") == good


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "classeur"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
        ("Oui.".encode("utf-16"), "UTF-16"),
        (b"Oui\0", "NUL"),
        (b"Oui.\n", "Aucune ligne de vote"),
    ],
)
def test_what_is_no_text_is_said_to_be_none(paul, data, said):
    preview = open_preview([sent("page", data)], paul)
    assert said in get_files(preview)[0].fault
    assert not Upload.objects.exists()


@pytest.mark.parametrize("name", ["", "a#b", "a\u200bb", "a\0b", "\ud800", "x" * 121, "x" * 5000])
def test_a_name_that_cannot_be_is_refused_and_can_be_mended(paul, name):
    preview = open_preview([SentFile("page.txt", io.BytesIO(a_dump_file("Un.")), name)], paul)
    preview.refresh_from_db()
    [[fault]] = find_faults(get_files(preview))
    assert "--name" not in fault
    change_files(preview, names={0: " page "})
    assert find_faults(get_files(preview)) == [[]]
    assert get_files(preview)[0].name == "page"


def test_two_files_of_one_name_are_both_pointed_out(paul):
    preview = open_preview([sent("page", a_dump_file("Un.")), sent("page", a_dump_file("Deux."))], paul)
    first, second = find_faults(get_files(preview))
    assert first == second
    assert "2 fichiers portent le nom" in first[0]


def test_a_name_is_proposed_without_what_nobody_sees():
    assert propose_name("page.v2.txt") == ("page.v2", "")
    proposed, said = propose_name("pa\u200bge#1.txt")
    assert proposed == "page-1"
    assert "U+200B" in said


def test_a_name_close_to_a_known_one_is_pointed_out(paul):
    take_dump(a_dump_file("Un."), "Réponses")
    files = get_files(open_preview([sent("reponses", a_dump_file("Un.")), sent("Réponses", a_dump_file("Un."))], paul))
    assert find_close_names(files) == ["Réponses", ""]


def test_too_many_files_and_too_large_ones_are_refused(paul, monkeypatch):
    with pytest.raises(ImportRefused, match="au moins un fichier"):
        open_preview([], paul)
    with pytest.raises(ImportRefused, match="20 au plus"):
        open_preview([sent(str(rank), a_dump_file("Un.")) for rank in range(21)], paul)
    data = a_dump_file("Un.")
    monkeypatch.setattr("faq.services.dump_files.DUMP_MAX_BYTES", 2 * len(data) - 1)
    with pytest.raises(ImportRefused, match="Ensemble"):
        open_preview([sent("a", data), sent("b", data)], paul)
    assert not Upload.objects.exists()
    assert not DumpPreview.objects.exists()


# What is sent


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("data", [b"\0" * 300_000, b"mot " * 100_000, a_dump_file("Une.") + b"\xff" * 300_000])
def test_a_long_line_is_read_at_once_and_before_anything_is_locked(paul, monkeypatch, data):
    def read_outside(file):
        assert not connection.in_atomic_block
        return read_file(file)

    def iterate(file):
        raise AssertionError("Django joins the pieces of a line again and again.")

    monkeypatch.setattr(dump_previews, "read_file", read_outside)
    monkeypatch.setattr(File, "__iter__", iterate)
    preview = open_preview([SentFile("page.txt", SimpleUploadedFile("page.txt", data))], paul)
    [file] = get_files(preview)
    assert file.fault
    assert not Upload.objects.exists()


def test_equal_files_under_one_name_are_said_to_be_the_same(paul):
    data = a_dump_file("Une.")
    same, other = (open_preview([sent("page", data), sent("page", second)], paul) for second in (data, data + b"\n"))
    assert all("le même, à l’octet près" in fault for [fault] in find_faults(get_files(same)))
    assert all("par ordre d’édition" in fault for [fault] in find_faults(get_files(other)))
    bad = open_preview([sent("page", b"\0"), sent("page", b"\0\0")], paul)
    assert not any("le même" in fault for faults in find_faults(get_files(bad)) for fault in faults)
