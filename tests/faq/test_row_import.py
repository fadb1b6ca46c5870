"""Importing terms and synonyms from a table: through their services, one batch, all or nothing."""

import io
from datetime import date

import pytest
from openpyxl import Workbook

from faq.enums import BatchKind
from faq.models import Batch, Couloir, Dispositif, Entry, Product, RowChange, SynonymGroup, Theme
from faq.resources import (
    CouloirImport,
    CouloirResource,
    DispositifImport,
    DispositifResource,
    OfferTypeImport,
    OfferTypeResource,
    ProductImport,
    ProductResource,
    SynonymImport,
    SynonymResource,
    ThemeImport,
    ThemeResource,
)
from faq.services import synonyms
from faq.services.synonyms import save_synonyms
from faq.services.taxonomy import save_term
from faq.services.undo import undo_batch
from tests.factories import a_taxonomy, an_entry, by_command
from tests.tables import change_export, export_table, import_table, refusals, write_rows

pytestmark = pytest.mark.django_db

TABLES = [
    (OfferTypeResource, OfferTypeImport),
    (CouloirResource, CouloirImport),
    (DispositifResource, DispositifImport),
    (ProductResource, ProductImport),
    (ThemeResource, ThemeImport),
    (SynonymResource, SynonymImport),
]


@pytest.fixture(autouse=True)
def _rows(db):
    a_taxonomy()
    save_synonyms(SynonymGroup(expressions=["=dpi", "dossier patient"]), None)
    save_synonyms(SynonymGroup(expressions=["e-CPS", "application mobile"], one_way=True, retired=True), None)


def counted(result):
    return list(result.counted.values())


def changed(resource, importer, place=0, **cells):
    """Import the export of a table after a change of one row, by the French names of its columns."""
    names = {name: column.french for name, column in resource().fields.items()}

    def change(rows):
        rows[place].update({names[name]: cell for name, cell in cells.items()})

    return import_table(change_export(change, resource=resource), resource=importer)


@pytest.mark.parametrize("headers", ["french", "stable"])
@pytest.mark.parametrize("file_format", ["csv", "json", "xlsx"])
@pytest.mark.parametrize(("resource", "importer"), TABLES)
def test_what_was_exported_changes_nothing(resource, importer, file_format, headers):
    before = Batch.objects.count()
    result = import_table(
        export_table(file_format, headers, resource=resource), file_format=file_format, resource=importer
    )
    assert not result.is_refused
    assert counted(result) == [0, 0, resource.model.objects.count(), 0]
    assert (result.batch, Batch.objects.count()) == (None, before)


def test_terms_are_renamed_ordered_and_retired_as_one_batch_that_is_undone():
    def change(rows):
        rows[0].update({"Libellé": "Hôpitaux", "Identifiant": "hopitaux", "Ordre": "7"})
        rows[1].update({"Retiré": "oui", "À revoir au bout de (mois)": "6"})

    result = import_table(change_export(change, resource=CouloirResource), resource=CouloirImport)
    assert counted(result) == [0, 2, 0, 0]
    hospital, imaging = Couloir.objects.order_by("pk")
    assert (hospital.label, hospital.slug, hospital.position, hospital.old_slugs) == (
        "Hôpitaux",
        "hopitaux",
        7,
        ["hopital"],
    )
    assert (imaging.retired, imaging.review_months) == (True, 6)
    assert result.batch.kind == BatchKind.TABLE
    undo_batch(result.batch.pk, by_command())
    hospital, imaging = Couloir.objects.order_by("pk")
    assert (hospital.label, hospital.slug, imaging.retired, imaging.review_months) == (
        "Hôpital",
        "hopital",
        False,
        None,
    )


def test_a_new_term_comes_last_and_gets_an_identifier():
    Couloir.objects.filter(slug="imagerie").update(position=9)
    result = import_table(
        write_rows([{"label": "Œuvres sociales", "offer_type": "Ségur du numérique"}]), resource=CouloirImport
    )
    assert counted(result) == [1, 0, 0, 0]
    new = Couloir.objects.latest("pk")
    assert (new.slug, new.position, new.offer_type.slug) == ("oeuvres-sociales", 10, "segur")
    theme = import_table(write_rows([{"label": "Réseaux"}]), resource=ThemeImport)
    assert Theme.objects.get(slug="reseaux").name == "Réseaux"
    undo_batch(theme.batch.pk, by_command())
    assert not Theme.objects.filter(slug="reseaux").exists()


def test_what_a_term_belongs_to_moves_with_its_entries():
    entry = an_entry("Où ?", "Là.", dispositifs="dpi-vague-1")
    result = changed(DispositifResource, DispositifImport, couloirs="imagerie", vague="2")
    assert counted(result) == [0, 1, 2, 0]
    moved = Dispositif.objects.get(slug="dpi-vague-1")
    assert (moved.vague, [couloir.slug for couloir in moved.couloirs.all()]) == (2, ["imagerie"])
    assert [couloir.slug for couloir in Entry.objects.get(pk=entry.pk).couloirs.all()] == ["imagerie"]
    products = changed(ProductResource, ProductImport, offer_types="")
    assert counted(products) == [0, 1, 1, 0]
    assert not Product.objects.order_by("pk")[0].offer_types.exists()


def test_groups_of_synonyms_change_and_are_added():
    def change(rows):
        rows[0]["Expressions"] = "dpi | dossier patient | DPI hospitalier"
        rows.append({**dict.fromkeys(rows[0], ""), "Expressions": "INS | identité nationale de santé"})

    result = import_table(change_export(change, resource=SynonymResource), resource=SynonymImport)
    assert counted(result) == [1, 1, 1, 0]
    assert SynonymGroup.objects.order_by("pk")[0].expressions == ["dpi", "dossier patient", "DPI hospitalier"]
    undo_batch(result.batch.pk, by_command())
    assert SynonymGroup.objects.order_by("pk")[0].expressions == ["=dpi", "dossier patient"]


@pytest.mark.parametrize(
    ("resource", "importer", "cells", "column", "reason"),
    [
        (CouloirResource, CouloirImport, {"label": ""}, "Libellé", "Le libellé manque"),
        (CouloirResource, CouloirImport, {"label": "\u200b\u00a0"}, "Libellé", "ni lettre ni chiffre"),
        (CouloirResource, CouloirImport, {"slug": "Imagerie"}, "Identifiant", "est déjà celui de"),
        (ThemeResource, ThemeImport, {"label": ""}, "Libellé", "Le libellé manque"),
        (CouloirResource, CouloirImport, {"label": "IMAGERIE"}, "Libellé", "existe déjà"),
        (CouloirResource, CouloirImport, {"slug": "imagerie"}, "Identifiant", "déjà"),
        (CouloirResource, CouloirImport, {"slug": "deux mots"}, "Identifiant", ""),
        (CouloirResource, CouloirImport, {"offer_type": "rien"}, "Type d’offre", "Terme inconnu"),
        (CouloirResource, CouloirImport, {"offer_type": "segur | certification"}, "Type d’offre", "un seul"),
        (CouloirResource, CouloirImport, {"retired": "peut-être"}, "Retiré", "oui"),
        (CouloirResource, CouloirImport, {"position": "1,5"}, "Ordre", "nombre entier"),
        (CouloirResource, CouloirImport, {"review_months": "7"}, "À revoir au bout de (mois)", ""),
        (CouloirResource, CouloirImport, {"id": "999"}, "N°", "Aucune ligne"),
        (CouloirResource, CouloirImport, {"id": "deux"}, "N°", "nombre entier"),
        (CouloirResource, CouloirImport, {"id": ""}, "N°", "manque"),
        (CouloirResource, CouloirImport, {"label": "Autre", "version": ""}, "Version", "manque"),
        (CouloirResource, CouloirImport, {"label": "Autre", "version": "00000000"}, "Version", "périmée"),
        (DispositifResource, DispositifImport, {"couloirs": ""}, "Couloirs Ségur", "Un couloir au moins"),
        (DispositifResource, DispositifImport, {"vague": "3"}, "Vague", ""),
        (SynonymResource, SynonymImport, {"expressions": "licorne"}, "Expressions", "deux expressions"),
    ],
)
def test_what_is_refused_has_its_place_and_leaves_no_trace(resource, importer, cells, column, reason):
    before = export_table(resource=resource)
    batches = Batch.objects.count()
    [(number, where, why)] = refusals(changed(resource, importer, **cells))
    assert (number, where) == (2, column)
    assert reason in why.replace("\u00a0", " ")
    assert (export_table(resource=resource), Batch.objects.count()) == (before, batches)


@pytest.mark.parametrize(
    ("importer", "cells", "column", "reason"),
    [
        (CouloirImport, {"label": "Nouveau", "slug": "nouveau"}, "Type d’offre", "écrivez l’identifiant ou le libellé"),
        (OfferTypeImport, {"slug": "nouveau"}, "Libellé", "écrivez-le"),
        (OfferTypeImport, {"label": "++", "slug": ""}, "Identifiant", "en lettres sans accent"),
    ],
)
def test_a_new_row_without_what_it_needs_says_what_to_write(importer, cells, column, reason):
    row = {field.french: cells.get(name, "") for name, field in importer.fields.items()}
    [(number, where, why)] = refusals(import_table(write_rows([row]), resource=importer))
    assert (number, where) == (2, column)
    assert reason in why


def test_two_new_terms_have_no_slug_that_differs_by_its_case_alone():
    rows = [{"label": "Santé scolaire", "slug": "scolaire"}, {"label": "Écoles", "slug": "Scolaire"}]
    [(number, column, reason)] = refusals(import_table(write_rows(rows), resource=ThemeImport))
    assert (number, column) == (3, "slug")
    assert "« Scolaire » est déjà celui de « Santé scolaire »" in reason.replace("\u00a0", " ")


def test_slugs_that_differed_by_their_case_before_stay():
    Theme.objects.create(name="Écoles", slug="CERTIFICATS")
    result = changed(ThemeResource, ThemeImport, place=-1, position="7")
    assert counted(result)[1] == 1


@pytest.mark.parametrize(
    ("importer", "row", "expected"),
    [
        (
            ThemeImport,
            {"label": date(2026, 2, 1), "slug": 1, "position": 4},
            ["A2 contient une date", "B2 contient un"],
        ),
        (ThemeImport, {"label": True, "slug": "vrai", "retired": True}, ["A2 contient VRAI ou FAUX"]),
        (SynonymImport, {"expressions": date(2026, 2, 1), "one_way": False}, ["A2 contient une date"]),
    ],
)
def test_cells_of_a_workbook_that_hold_no_text_are_refused_where_text_is_expected(importer, row, expected):
    book = Workbook()
    book.active.append(list(row))
    book.active.append(list(row.values()))
    file = io.BytesIO()
    book.save(file)
    reasons = [
        reason for _, _, reason in refusals(import_table(file.getvalue(), file_format="xlsx", resource=importer))
    ]
    assert len(reasons) == len(expected)
    for reason, part in zip(reasons, expected, strict=True):
        assert part in reason
        assert "au format Texte" in reason


def test_a_ring_of_synonyms_is_refused_where_it_repeats():
    rows = [{"expressions": f"mot{rank}abc | mot{(rank + 1) % 4}abc"} for rank in range(4)]
    result = import_table(write_rows(rows), resource=SynonymImport)
    assert [(number, reason.partition("\u00a0:")[0]) for number, _, reason in refusals(result)] == [
        (3, "«\u00a0mot1abc\u00a0» est déjà dans le groupe «\u00a0mot0abc = mot1abc\u00a0»"),
        (5, "«\u00a0mot3abc\u00a0» est déjà dans le groupe «\u00a0mot2abc = mot3abc\u00a0»"),
    ]


def test_an_expression_that_a_row_takes_from_a_group_is_free_for_the_next_row():
    def change(rows):
        rows[0]["Expressions"] = "dpi | dossier informatisé"
        rows.append({**dict.fromkeys(rows[0], ""), "Expressions": "dossier patient | DPI papier"})

    result = import_table(change_export(change, resource=SynonymResource), resource=SynonymImport)
    assert counted(result) == [1, 1, 1, 0]


def test_each_row_of_synonyms_costs_the_same_in_a_table_of_any_length(monkeypatch):
    def measure(number):
        parsed, read = [], []
        parse, load = synonyms.parse_expression, RowChange.from_db
        with monkeypatch.context() as patch:
            patch.setattr(synonyms, "parse_expression", lambda text: parsed.append(text) or parse(text))
            patch.setattr(RowChange, "from_db", lambda *values: read.append(values) or load(*values))
            rows = [{"expressions": f"mot{number}n{rank}abc | autre{number}n{rank}xyz"} for rank in range(number)]
            result = import_table(write_rows(rows), resource=SynonymImport, preview=True)
        assert counted(result) == [number, 0, 0, 0]
        return len(parsed), len(read)

    (few, read), (many, read_of_many) = measure(10), measure(40)
    assert many <= 4 * few
    assert read == read_of_many == 0


def test_a_row_that_somebody_changed_since_is_refused():
    data = change_export(lambda rows: rows[0].update({"Ordre": "5"}), resource=CouloirResource)
    term = Couloir.objects.order_by("pk")[0]
    term.label = "Hôpitaux"
    save_term(term, None)
    [(_, column, reason)] = refusals(import_table(data, resource=CouloirImport))
    assert (column, "périmée" in reason) == ("Version", True)
