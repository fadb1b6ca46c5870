"""Curation: the right answers get their question and filing, or it is said why not."""

import pytest

from faq.domain.facets import Facet
from faq.domain.text import fingerprint
from faq.enums import BatchKind, Origin
from faq.models import Batch, Entry
from faq.services.content import Content, ImportRefused
from faq.services.curation import COLUMNS, import_curation
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry
from tests.factories import a_dump_file, a_taxonomy, an_entry, by_command, take_dump

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy(db):
    a_taxonomy()


def a_line(answer, question, **slugs):
    return [fingerprint(answer), question, *(slugs.get(facet.value, "") for facet in Facet)]


def a_curation(*lines, separator=","):
    rows = [COLUMNS, *lines]
    return "\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows).encode()


def curate(*lines, **options):
    return import_curation(a_curation(*lines), by_command(), label="essai.csv", **options)


def test_an_answer_gets_its_question_and_filing():
    entry = an_entry("", "Sous 30 jours.")
    report = curate(a_line("Sous 30 jours.", "Sous quel délai ?", couloirs="hopital | imagerie", themes="certificats"))
    entry.refresh_from_db()
    assert report.applied == [entry.pk]
    assert entry.question == "Sous quel délai ?"
    assert sorted(entry.couloirs.values_list("slug", flat=True)) == ["hopital", "imagerie"]
    assert list(entry.offer_types.values_list("slug", flat=True)) == ["segur"]
    assert list(entry.themes.values_list("slug", flat=True)) == ["certificats"]
    assert (entry.head.origin, entry.head.batch.kind) == (Origin.CURATION, BatchKind.CURATION)


def test_a_key_in_capitals_is_the_same_key():
    entry = an_entry("", "Oui.")
    key, *cells = a_line("Oui.", "Est-ce possible ?")
    assert key != key.upper()
    assert curate([f" {key.upper()} ", *cells]).applied == [entry.pk]


def test_applying_again_changes_nothing():
    entry = an_entry("", "Oui.")
    line = a_line("Oui.", "Est-ce possible ?", dispositifs="dpi-vague-1")
    curate(line)
    report = curate(line)
    assert (report.applied, report.unchanged, report.kept) == ([], [entry.pk], [])
    assert entry.versions.count() == 2
    assert Batch.objects.count() == 1


def test_the_question_of_an_editor_is_kept_unless_told_otherwise():
    entry = an_entry("La mienne ?", "Oui.")
    line = a_line("Oui.", "L’autre ?")
    assert [number for _, number in curate(line).kept] == [entry.pk]
    entry.refresh_from_db()
    assert entry.question == "La mienne ?"
    assert curate(line, overwrite=True).applied == [entry.pk]
    entry.refresh_from_db()
    assert entry.question == "L’autre ?"


def test_the_edited_answer_of_a_source_keeps_its_edits():
    entry = an_entry("", "Oui.")
    edit_entry(entry.pk, Content("", "Oui, vraiment."), by_command())
    report = curate(a_line("Oui, vraiment.", "Est-ce possible ?"))
    entry.refresh_from_db()
    assert (report.applied, entry.answer) == ([entry.pk], "Oui, vraiment.")


def test_keys_without_entry_and_with_several_are_reported():
    first, second = an_entry("", "Double."), an_entry("", "Double.")
    archive_entry(an_entry("", "Archivée.").pk, by_command())
    report = curate(a_line("Double.", "Deux ?"), a_line("Inconnue.", "Où ?"), a_line("Archivée.", "Qui ?"))
    assert [(row.line, numbers) for row, numbers in report.ambiguous] == [(2, [first.pk, second.pk])]
    assert [row.line for row in report.unmatched] == [3, 4]
    assert not Batch.objects.exists()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_of_all_spreadsheets(separator):
    an_entry("", "Oui.")
    data = a_curation(a_line("Oui.", "Est-ce possible, vraiment ; ou non ?"), separator=separator)
    report = import_curation("\ufeff".encode() + data, by_command(), label="essai")
    assert len(report.applied) == 1


FAULTS = [
    (b"fingerprint;question\n", "Colonnes absentes.*offer_types"),
    (a_curation(a_line("x", "Été ?")).decode().encode("latin-1"), "UTF-8"),
    (a_curation(["zut", "Quoi ?", "", "", "", "", ""]), "Ligne 2, colonne fingerprint"),
    (a_curation(a_line("Oui.", "")), "Ligne 2, colonne question"),
    (a_curation(a_line("Oui.", "\u200b")), "Ligne 2, colonne question"),
    (
        a_curation(a_line("Oui.", "Quoi ?", couloirs="nulle-part")),
        "Ligne 2, colonne couloirs.*« nulle-part »",
    ),
    (a_curation(a_line("Oui.", "A ?"), a_line("Oui.", "B ?")), "Ligne 3.*ligne 2"),
    (
        a_curation(a_line("Oui.", "Q ?", couloirs="hopital", offer_types="certification")),
        "Ligne 2, colonne couloirs",
    ),
    (a_curation(a_line("Oui.", "Q" * 301)), "Ligne 2, colonne question.*300"),
]


@pytest.mark.parametrize(("data", "message"), FAULTS)
def test_a_faulty_file_is_refused_whole(data, message):
    good, other = an_entry("", "Bon."), an_entry("", "Oui.")
    data = (
        data if data.startswith(b"fingerprint") else data + b"\n" + a_curation(a_line("Bon.", "Bon ?")).split(b"\n")[1]
    )
    with pytest.raises(ImportRefused, match=message):
        import_curation(data, by_command(), label="essai")
    assert set(Entry.objects.values_list("question", flat=True)) == {""}
    assert not Batch.objects.exists()
    assert (good.versions.count(), other.versions.count()) == (1, 1)


def test_two_lines_for_one_entry_do_not_overwrite_each_other():
    take_dump(a_dump_file("Avant."))
    entry = Entry.objects.get()
    edit_entry(entry.pk, Content("", "Après."), by_command())
    report = curate(a_line("Avant.", "La première ?"), a_line("Après.", "La seconde ?"))
    entry.refresh_from_db()
    assert (entry.question, report.applied) == ("La première ?", [entry.pk])
    assert [(row.line, number) for row, number in report.kept] == [(3, entry.pk)]
