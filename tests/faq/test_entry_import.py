"""Importing entries from a table: what each row becomes, what is refused and where, and all or nothing."""

import io
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from import_export.results import RowResult
from openpyxl import Workbook

from faq.domain.facets import Facet
from faq.domain.limits import ANSWER_MAX_LENGTH
from faq.enums import BatchKind, Origin
from faq.models import Batch, Couloir, Entry, Epoch, Version
from faq.resources import imports
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.roles import install_roles
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry, publish_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command, some_published_entries
from tests.tables import change_export, export_table, import_table, read_rows, refusals, the_entry, write_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy(db):
    a_taxonomy()


def counted(result):
    return list(result.counted.values())


def change(**cells):
    """Return a function that changes the cells of the first row, by the French names of their columns."""
    names = {
        "reference": "Référence",
        "question": "Question",
        "answer": "Réponse",
        "version": "Version",
        "offer_types": "Types d’offre",
        "couloirs": "Couloirs Ségur",
        "dispositifs": "Dispositifs Ségur",
        "themes": "Thématiques",
    }
    return lambda rows: rows[0].update({names[name]: cell for name, cell in cells.items()})


def refused(*rows, **cells):
    """Return the only refusal of the export after a change."""
    before = Version.objects.count()
    [refusal] = refusals(import_table(change_export(change(**cells)) if cells else write_rows(rows)))
    assert Version.objects.count() == before
    assert not Batch.objects.exists()
    return refusal


@pytest.mark.parametrize("headers", ["french", "stable"])
@pytest.mark.parametrize("file_format", ["csv", "json", "xlsx"])
def test_what_was_exported_changes_nothing(file_format, headers):
    an_entry("Où ?", "=1+1\n'deux\n- trois\r", couloirs="hopital", themes="certificats financement")
    a_published_entry("Quand ?", "Là.", products="convergence")
    edit_entry(a_published_entry("Beside ?", "En ligne.").pk, Content("Beside ?", "En chantier."), by_command())
    archive_entry(an_entry("Ancienne ?", "Oui.").pk, by_command())
    data = export_table(file_format, headers)
    before = Version.objects.count()
    result = import_table(data, file_format=file_format)
    assert not result.is_refused
    assert counted(result) == [0, 0, 4, 0]
    assert (result.batch, Version.objects.count(), Batch.objects.count()) == (None, before, 0)


def test_a_changed_row_is_one_version_in_a_batch_that_can_be_undone():
    an_entry("Où ?", "Là.", couloirs="hopital")
    an_entry("Autre ?", "Oui.")
    data = change_export(change(question="Où donc ?", couloirs="hopital | imagerie", themes="certificats"))
    result = import_table(data)
    entry = Entry.objects.select_related("head").order_by("pk").first()
    assert counted(result) == [0, 1, 1, 0]
    assert (entry.question, entry.answer, entry.head.number) == ("Où donc ?", "Là.", 2)
    assert entry.head.filed_under == a_filing(offer_types="segur", couloirs="hopital imagerie", themes="certificats")
    assert (entry.head.origin, entry.head.batch.kind) == (Origin.TABLE, BatchKind.TABLE)
    undo_batch(result.batch.pk, by_command())
    entry.refresh_from_db()
    assert (entry.question, entry.head.filed_under) == ("Où ?", a_filing(offer_types="segur", couloirs="hopital"))


def test_a_row_without_reference_is_a_new_draft_and_no_second_one_when_sent_again():
    rows = [
        {"question": "Nouvelle ?", "answer": "Oui.\r\nVraiment.", "couloirs": "Hôpital", "themes": ""},
        {"question": "Sans réponse ?", "answer": "", "couloirs": "", "themes": "certificats"},
    ]
    result = import_table(write_rows(rows))
    assert counted(result) == [2, 0, 0, 0]
    first, second = Entry.objects.select_related("head").order_by("pk")
    assert (first.answer, first.status, first.head.batch) == ("Oui.\nVraiment.", "draft", result.batch)
    assert first.head.filed_under == a_filing(offer_types="segur", couloirs="hopital")
    assert second.head.filed_under == a_filing(themes="certificats")
    again = import_table(write_rows(rows))
    assert (counted(again), again.batch, Entry.objects.count()) == ([0, 0, 2, 0], None, 2)


def test_a_missing_column_stays_as_it_is():
    entry = an_entry("Où ?", "Là.", couloirs="hopital")
    result = import_table(write_rows([{"reference": entry.reference, "version": "1", "themes": "certificats"}]))
    assert counted(result) == [0, 1, 0, 0]
    head = the_entry().head
    assert (head.question, head.answer) == ("Où ?", "Là.")
    assert head.filed_under == a_filing(offer_types="segur", couloirs="hopital", themes="certificats")


def test_terms_are_known_by_slug_by_former_slug_and_by_label():
    entry = an_entry("Où ?", "Là.")
    Couloir.objects.filter(slug="imagerie").update(old_slugs=["radiologie"])
    Epoch.move()
    for name in ("imagerie", "radiologie", "IMAGERIE"):
        rows = [{"reference": entry.reference, "version": str(the_entry().head.number), "couloirs": name}]
        assert not import_table(write_rows(rows)).is_refused
        assert the_entry().head.filed_under[Facet.COULOIRS] == a_filing(couloirs="imagerie")[Facet.COULOIRS]


class TestConcurrency:
    def test_a_row_that_is_not_changed_leaves_what_came_since(self):
        entry = an_entry("Où ?", "Là.")
        data = export_table()
        edit_entry(entry.pk, Content("Où donc ?", "Là."), by_command())
        assert counted(import_table(data)) == [0, 0, 1, 0]
        assert the_entry().question == "Où donc ?"

    def test_changes_of_other_fields_are_joined_and_told(self):
        entry = an_entry("Où ?", "Là.")
        data = change_export(change(answer="Ici."))
        edit_entry(entry.pk, Content("Où donc ?", "Là."), by_command())
        result = import_table(data)
        assert counted(result) == [0, 1, 0, 0]
        assert "version 2" in result.changes[0].note
        assert (the_entry().question, the_entry().answer) == ("Où donc ?", "Ici.")

    def test_changes_of_the_same_field_are_refused_with_their_place(self):
        entry = an_entry("Où ?", "Là.")
        data = change_export(change(answer="Ici."))
        edit_entry(entry.pk, Content("Où ?", "Ailleurs."), by_command())
        result = import_table(data)
        [(number, column, reason)] = refusals(result)
        assert (number, column) == (2, "Réponse")
        assert "périmée" in reason
        assert the_entry().answer == "Ailleurs."

    def test_a_row_of_a_live_text_is_joined_with_the_draft_beside_it(self):
        entry = a_published_entry("Où ?", "Là.")
        edit_entry(entry.pk, Content("Où ?", "Ici."), by_command())
        import_table(change_export(change(question="Où donc ?")))
        stored = the_entry()
        assert (stored.question, stored.answer) == ("Où ?", "Là.")
        assert (stored.head.question, stored.head.answer) == ("Où donc ?", "Ici.")

    def test_without_a_version_the_date_tells(self):
        entry = an_entry("Où ?", "Là.")
        stale = change_export(lambda rows: rows[0].update(question="Où donc ?"), headers="stable")
        assert counted(import_table(stale)) == [0, 1, 0, 0]
        [(_, column, reason)] = refusals(import_table(change_export_of(stale, "Où enfin ?")))
        assert (column, "périmée" in reason) == ("updated_at", True)
        assert Entry.objects.get(pk=entry.pk).question == "Où donc ?"

    def test_the_same_file_again_changes_nothing(self):
        an_entry("Où ?", "Là.")
        data = change_export(change(answer="Ici."))
        import_table(data)
        assert counted(import_table(data)) == [0, 0, 1, 0]
        assert the_entry().head.number == 2


def change_export_of(data, question):
    rows = read_rows(data)
    rows[0]["question"] = question
    return write_rows(rows)


class TestRefusals:
    @pytest.mark.parametrize(
        ("cells", "column", "reason"),
        [
            ({"reference": "zut"}, "Référence", "« zut » n’est pas une référence"),
            ({"reference": "Q-99999"}, "Référence", "Aucune fiche ne porte la référence Q-99999"),
            ({"couloirs": "nulle-part"}, "Couloirs Ségur", "Terme inconnu : « nulle-part »"),
            ({"question": "Où donc ?", "version": "7"}, "Version", "n’a pas de version 7"),
            ({"question": "Où donc ?", "version": ""}, "Version", "La version manque"),
            ({"question": "Où donc ?", "version": "deux"}, "Version", "« deux » n’est pas le numéro"),
            ({"version": "v1"}, "Version", "« v1 » n’est pas le numéro"),
            ({"version": "²"}, "Version", "« ² » n’est pas le numéro"),
            ({"reference": "Q-²"}, "Référence", "« Q-² » n’est pas une référence"),
            ({"question": "\u200b\u00a0\u2060"}, "Question", "invisibles"),
            ({"answer": "\u200b"}, "Réponse", "invisibles"),
            ({"question": "Q" * 301}, "Question", "300"),
            ({"answer": "x" * (ANSWER_MAX_LENGTH + 1)}, "Réponse", "50\u202f000"),
            ({"answer": "Cette réponse vous a-t-elle été utile ?"}, "Réponse", "ligne de vote"),
            (
                {"couloirs": "hopital", "offer_types": "certification"},
                "Couloirs Ségur",
                "relève de « Ségur du numérique »",
            ),
        ],
    )
    def test_of_a_cell(self, cells, column, reason):
        an_entry("Où ?", "Là.")
        number, where, why = refused(**cells)
        assert (number, where) == (2, column)
        assert reason in why.replace("\u00a0", " ")

    def test_of_the_same_reference_twice(self):
        an_entry("Où ?", "Là.")
        [row] = read_rows(export_table())
        number, column, reason = refused(row, {**row, "Référence": row["Référence"].lower()})
        assert (number, column) == (3, "Référence")
        assert "ligne 2" in reason

    def test_of_an_archived_entry(self):
        archive_entry(an_entry("Où ?", "Là.").pk, by_command())
        assert "archivée" in refused(question="Où donc ?")[2]

    def test_of_a_version_without_reference(self):
        assert refused({"reference": "", "version": "1", "question": "Où ?"})[1] == "reference"

    def test_of_a_new_row_that_says_nothing(self):
        assert refused({"question": "", "answer": " ", "themes": "certificats"})[1] == "question"

    @pytest.mark.parametrize("name", ["question", "answer"])
    def test_of_a_new_row_that_only_seems_to_say_something(self, name):
        row = {"question": "Où ?", "answer": "Là.", name: "\u200b\u00a0"}
        assert refused({"question": "Autre ?", "answer": "Oui."}, row)[:2] == (3, name)

    def test_of_cells_that_a_spreadsheet_made_into_dates_numbers_and_truth_values(self):
        book = Workbook()
        for row in [
            ("question", "answer", "couloirs", "version"),
            ("Une date ?", date(2026, 2, 1), "", None),
            (True, 1, "", None),
            ("Un texte ?", "1/2", "hopital", None),
        ]:
            book.active.append(row)
        file = io.BytesIO()
        book.save(file)
        found = refusals(import_table(file.getvalue(), file_format="xlsx"))
        assert [(number, column, reason.partition(",")[0]) for number, column, reason in found] == [
            (2, "answer", "La cellule B2 contient une date"),
            (3, "question", "La cellule A3 contient VRAI ou FAUX"),
            (3, "answer", "La cellule B3 contient un nombre"),
        ]
        assert all("au format Texte" in reason for _, _, reason in found)
        assert not Entry.objects.exists()

    def test_of_the_same_new_row_twice(self):
        row = {"question": "Où ?", "answer": "Là."}
        assert refused(row, row)[:2] == (3, "question")

    def test_of_a_new_row_that_an_entry_says_already_elsewhere(self):
        an_entry("Où ?", "Là.", couloirs="hopital")
        number, column, reason = refused({"question": "Où ?", "answer": "Là.", "couloirs": "imagerie"})
        assert (number, column) == (2, "Référence")
        assert "donnez sa référence" in reason

    def test_one_refused_row_undoes_all(self):
        an_entry("Où ?", "Là."), an_entry("Quand ?", "Hier.")

        def spoil(rows):
            rows[0]["Question"] = "Où donc ?"
            rows[1]["Thématiques"] = "inconnue"

        result = import_table(change_export(spoil))
        assert counted(result) == [0, 1, 0, 1]
        assert not Entry.objects.filter(question="Où donc ?").exists()
        assert not Batch.objects.exists()

    @pytest.mark.parametrize(
        ("rows", "reason"),
        [
            ([{"reference": "Q-1", "zut": "x"}], "Colonnes inconnues"),
            ([{"reference": "Q-1", "Référence": "Q-1"}], "deux fois"),
            ([{"reference": "Q-1", "question": "Où ?"}], "Colonne absente"),
            ([{"reference": "Q-1", "version": "1"}], "Aucune colonne à importer"),
        ],
    )
    def test_of_the_columns(self, rows, reason):
        result = import_table(write_rows(rows))
        assert result.has_errors()
        assert reason in str(result.base_errors[0].error)

    def test_of_too_many_changes(self, monkeypatch):
        monkeypatch.setattr(imports, "TABLE_MAX_CHANGES", 1)
        result = import_table(write_rows([{"question": f"Question {rank} ?", "answer": "Oui."} for rank in range(2)]))
        assert "lignes changeraient" in str(result.base_errors[0].error)
        assert not Entry.objects.exists()

    def test_of_who_may_not_write(self):
        install_roles()
        entry = an_entry("Où ?", "Là.")
        data = change_export(change(question="Où donc ?"))
        reader = User.objects.create_user("lectrice")
        with pytest.raises(PermissionDenied):
            import_table(data, user=reader)
        entry.refresh_from_db()
        assert entry.question == "Où ?"


def test_a_preview_leaves_no_trace():
    an_entry("Où ?", "Là.")
    data = change_export(change(question="Où donc ?"))
    result = import_table(data, preview=True)
    assert counted(result) == [0, 1, 0, 0]
    assert (the_entry().question, Version.objects.count(), Batch.objects.count()) == ("Où ?", 1, 0)


def test_the_differences_of_a_row_are_told_field_by_field():
    an_entry("Où ?", "Là.", couloirs="hopital")
    result = import_table(change_export(change(question="Où donc ?", couloirs="")), preview=True)
    [row] = result.changes
    told = {title: [line.change for line in lines] for title, lines in result.resource.get_differences(row)}
    assert list(told) == ["Question", "Couloirs Ségur"]
    assert told["Couloirs Ségur"] == ["removed", "added"]
    assert row.import_type == RowResult.IMPORT_TYPE_UPDATE


def test_what_was_invisible_stays_where_a_row_changes_something_else():
    an_entry("\u200b", "Là.")
    assert counted(import_table(change_export(change(answer="Ici.")))) == [0, 1, 0, 0]


def test_references_in_numbers_of_a_workbook_are_known():
    entry = an_entry("Où ?", "Là.")
    book = Workbook()
    book.active.append(("reference", "question", "version"))
    book.active.append((entry.pk, "Où donc ?", 1))
    file = io.BytesIO()
    book.save(file)
    assert counted(import_table(file.getvalue(), file_format="xlsx")) == [0, 1, 0, 0]


def test_a_new_row_takes_nothing_away():
    row = {"question": "Nouvelle ?", "answer": "Oui.", "themes": "certificats"}
    result = import_table(write_rows([row]), preview=True)
    [(_, lines)] = list(result.resource.get_differences(result.changes[0]))[2:]
    assert [line.change for line in lines] == ["added"]


def test_wrong_accents_are_told_where_they_come_in():
    an_entry("DÃ©jÃ\u00a0 ?", "Oui.")
    told = import_table(export_table(), preview=True).notices
    assert not any("accents" in notice for notice in told)
    rows = [{"question": "Où ?", "answer": "Là."}, {"question": "Quand ?", "answer": "LâÃ©tÃ©."}]
    [notice] = import_table(write_rows(rows), preview=True).notices
    assert "Des accents semblent abîmés («\u00a0Ã©\u00a0», ligne 3)" in notice


def test_a_change_of_a_live_text_waits_beside_it():
    entry = a_published_entry("Où ?", "Là.")
    import_table(change_export(change(answer="Ici.")))
    entry.refresh_from_db()
    assert (entry.answer, entry.head.answer) == ("Là.", "Ici.")
    publish_entry(entry.pk, by_command())


@pytest.mark.parametrize("number", [3, 60])
def test_queries_do_not_grow_with_the_rows(number):
    some_published_entries(number, couloirs="hopital")

    def rewrite(rows):
        for row in rows:
            row["Réponse"] += " Enfin."
            row["Thématiques"] = "certificats"

    data = change_export(rewrite)
    with CaptureQueriesContext(connection) as queries:
        assert counted(import_table(data)) == [0, number, 0, 0]
    assert len(queries) <= 30
    with CaptureQueriesContext(connection) as queries:
        assert counted(import_table(data)) == [0, 0, number, 0]
    assert len(queries) <= 13


def test_stale_rows_cost_no_query_each():
    entries = some_published_entries(20)
    data = change_export(lambda rows: [row.update({"Thématiques": "certificats"}) for row in rows])
    for entry in entries:
        edit_entry(entry.pk, Content(f"{entry.question} Encore", entry.answer), by_command())
    with CaptureQueriesContext(connection) as queries:
        assert counted(import_table(data)) == [0, 20, 0, 0]
    assert len(queries) <= 32
