"""The rows of the entries' export, the same in every format, and the cost of an export."""

import csv
import io
import json
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from faq.domain.dumps import VOTE_LINE
from faq.domain.spreadsheet import EXCEL_CELL_LENGTH, FrenchExcel, TableTooBig, unguard
from faq.models import Batch, Couloir, Entry, Theme
from faq.resources import EntryResource, Export, tables
from faq.services.content import Content
from faq.services.dumps import Source, import_dumps
from faq.services.entries import edit_entry
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry, submit_entry
from tests.factories import (
    a_published_entry,
    a_taxonomy,
    an_entry,
    by_command,
    checked_long_ago,
    some_published_entries,
)

pytestmark = pytest.mark.django_db

COLUMNS = [
    "reference",
    "status",
    "question",
    "answer",
    "offer_types",
    "couloirs",
    "dispositifs",
    "products",
    "themes",
    "live_version",
    "updated_at",
    "sources",
    "checked_on",
    "review_before",
]
ADVERSARIAL = (
    '=1+1 ; "deux"\n\'trois\n- quatre\n\n@cinq\t_x0041_ \x01\ufffe\u2028 « six » 😀',
    "-5 %\n+33 1 02",
    "'déjà gardé",
    "#N/A",
)


@pytest.fixture
def taxonomy():
    a_taxonomy()


def export(file_format):
    return b"".join(Export(EntryResource(), Entry.objects.all(), file_format))


def rows_of_csv(data):
    lines = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), dialect=FrenchExcel)
    return [{column: unguard(cell) for column, cell in row.items()} for row in lines]


def rows_of_xlsx(data):
    columns, *rows = load_workbook(io.BytesIO(data)).active.values
    return [dict(zip(columns, row, strict=True)) for row in rows]


def export_rows():
    return rows_of_csv(export("csv"))


def import_dump(name, *answers):
    """Import a dump; return its batch."""
    text = "".join(f"{answer}\n{VOTE_LINE}\n" for answer in answers)
    import_dumps([Source(name, io.BytesIO(text.encode()), name)], by_command())
    return Batch.objects.latest("pk")


@pytest.mark.usefixtures("taxonomy")
def test_a_row_says_what_the_entry_holds():
    entry = an_entry("Où ?", "Là.\n- et là", dispositifs="dpi-vague-1", products="convergence")
    [row] = export_rows()
    assert list(row) == COLUMNS
    assert row == {
        "reference": entry.reference,
        "status": "draft",
        "question": "Où ?",
        "answer": "Là.\n- et là",
        "offer_types": "segur",
        "couloirs": "hopital",
        "dispositifs": "dpi-vague-1",
        "products": "convergence",
        "themes": "",
        "live_version": "",
        "updated_at": row["updated_at"],
        "sources": "",
        "checked_on": "",
        "review_before": "",
    }


def test_a_live_entry_says_when_it_was_checked_and_until_when_that_holds():
    entry = a_published_entry()
    checked_long_ago(entry, day=date(2025, 2, 28))
    [row] = export_rows()
    assert (row["checked_on"], row["review_before"]) == ("2025-02-28", "2026-02-28")


@pytest.mark.usefixtures("taxonomy")
def test_terms_stand_in_the_order_of_the_taxonomy():
    Couloir.objects.filter(slug="hopital").update(position=3)
    Theme.objects.filter(slug="financement").update(position=1)
    Theme.objects.filter(slug="certificats").update(position=2)
    an_entry(couloirs="hopital imagerie", themes="certificats financement")
    an_entry(products="convergence dmn")
    filed, of_products = export_rows()
    assert filed["couloirs"] == "imagerie | hopital"
    assert filed["themes"] == "financement | certificats"
    assert of_products["products"] == "dmn | convergence"


def test_date_is_iso_8601_with_its_offset():
    entry = an_entry()
    [row] = export_rows()
    assert datetime.fromisoformat(row["updated_at"]) == entry.updated_at
    assert row["updated_at"].endswith(("+01:00", "+02:00"))


def test_a_published_entry_shows_its_live_text_beside_a_draft():
    entry = a_published_entry("Question ?", "En ligne.")
    edit_entry(entry.pk, Content("Question ?", "En chantier."), by_command())
    [row] = export_rows()
    assert (row["status"], row["answer"], row["live_version"]) == ("published", "En ligne.", "2")


def test_every_state_is_exported_by_number():
    entries = [an_entry(f"Question {rank} ?") for rank in range(12)]
    submit_entry(entries[0].pk, by_command())
    archive_entry(entries[1].pk, by_command())
    rows = export_rows()
    assert [row["reference"] for row in rows] == [entry.reference for entry in entries]
    assert [row["status"] for row in rows[:3]] == ["in_review", "archived", "draft"]


def test_sources_cite_passages_by_dump_and_position():
    import_dump("zone", "Première.", "Commune.")
    import_dump("accueil", "Commune.", "Autre.", "Commune.")
    sources = {row["answer"]: row["sources"] for row in export_rows()}
    assert sources == {
        "Première.": "zone#1",
        "Commune.": "accueil#1 | accueil#3 | zone#2",
        "Autre.": "accueil#2",
    }


def test_sources_leave_out_former_editions_and_undone_imports():
    import_dump("accueil", "Constante.", "Ancienne.")
    import_dump("accueil", "Nouvelle.", "Constante.")
    undone = import_dump("zone", "Constante.")
    undo_batch(undone.pk, by_command())
    sources = {row["answer"]: row["sources"] for row in export_rows()}
    assert sources == {"Constante.": "accueil#2", "Ancienne.": "", "Nouvelle.": "accueil#1"}


@pytest.mark.usefixtures("taxonomy")
def test_the_formats_say_the_same_whatever_the_text():
    for text in ADVERSARIAL:
        an_entry(text.replace("\n", " "), text, couloirs="imagerie hopital")
    a_published_entry("Question ?", "Réponse.")
    from_json = json.loads(export("json"))
    assert [row["answer"] for row in from_json] == [*ADVERSARIAL, "Réponse."]
    assert [row["live_version"] for row in from_json] == [None, None, None, None, 2]
    as_csv = [{column: "" if cell is None else str(cell) for column, cell in row.items()} for row in from_json]
    assert rows_of_csv(export("csv")) == as_csv
    as_xlsx = [{column: None if cell == "" else cell for column, cell in row.items()} for row in from_json]
    read = rows_of_xlsx(export("xlsx"))
    assert [{c: unescape(v) if isinstance(v, str) else v for c, v in row.items()} for row in read] == as_xlsx


def test_a_workbook_holds_text_and_no_formula():
    an_entry("=1+1", "#N/A")
    sheet = load_workbook(io.BytesIO(export("xlsx"))).active
    assert [(sheet[cell].value, sheet[cell].data_type) for cell in ("C2", "D2")] == [
        ("=1+1", "s"),
        ("#N/A", "s"),
    ]
    # The format « Text »: it is none after an edit either.
    assert [sheet[cell].number_format for cell in ("C2", "D2")] == ["@", "@"]


def test_a_text_that_excel_would_cut_is_named_and_nothing_is_written():
    entry = an_entry("Longue ?", "x" * (EXCEL_CELL_LENGTH + 1))
    pieces = iter(Export(EntryResource(), Entry.objects.all(), "xlsx"))
    with pytest.raises(TableTooBig, match=rf"Ligne 2 \({entry.reference}\), colonne « answer »"):
        next(pieces)
    assert len(export_rows()[0]["answer"]) == EXCEL_CELL_LENGTH + 1


@pytest.mark.parametrize("file_format", ["csv", "json", "xlsx"])
def test_an_empty_faq_is_an_empty_table(file_format):
    export = Export(EntryResource(), Entry.objects.all(), file_format)
    assert b"".join(export)
    assert export.rows == 0


@pytest.mark.usefixtures("taxonomy")
@pytest.mark.parametrize("number", [2, 20])
def test_a_chunk_costs_seven_queries_whatever_its_size(number):
    some_published_entries(number, couloirs="hopital imagerie", themes="certificats financement")
    import_dump("accueil", *(f"Réponse {rank}." for rank in range(1, number + 1)))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(export_rows()) == number
    assert len(queries) == 7


@pytest.mark.parametrize(("number", "chunks"), [(6, 2), (12, 4)])
def test_further_chunks_cost_six_queries_each(monkeypatch, number, chunks):
    monkeypatch.setattr(tables, "CHUNK", 3)
    some_published_entries(number)
    with CaptureQueriesContext(connection) as queries:
        assert len(export_rows()) == number
    assert len(queries) == 1 + 6 * chunks


def test_only_one_chunk_is_read_ahead(monkeypatch):
    monkeypatch.setattr(tables, "CHUNK", 2)
    some_published_entries(10)
    export = Export(EntryResource(), Entry.objects.all(), "csv")
    pieces = iter(export)
    next(pieces), next(pieces), next(pieces)
    assert export.rows == 0
    with CaptureQueriesContext(connection) as queries:
        next(pieces)
        assert (export.rows, len(queries)) == (1, 0)
        next(pieces)
        assert (export.rows, len(queries)) == (2, 6)
