"""« Importer un tableau »: preview, confirmation on any worker, refusals, and who may."""

import html
import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from faq.models import Batch, Entry, OfferType, Upload, Version
from faq.resources import OfferTypeResource
from faq.services.content import Content
from faq.services.entries import edit_entry
from tests.factories import a_taxonomy, an_entry, by_command
from tests.tables import (
    change_export,
    confirm_table,
    export_table,
    import_table,
    send_table,
    the_entry,
    write_rows,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(sign_in):
    a_taxonomy()
    return sign_in("rédacteur")


def read(response):
    return html.unescape(response.content.decode()).replace("\u00a0", " ")


def reworded(**options):
    def change(rows):
        rows[0]["Question"] = "Où donc ?"

    return change_export(change, **options)


def test_the_form_says_what_it_takes_and_which_columns(editor):
    page = read(editor.get(reverse("admin:faq_entry_import")))
    assert "Fichier CSV, XLSX ou JSON" in page
    assert "<code>reference</code>" in page
    assert "Référence" in page


@pytest.mark.parametrize("name", ["csv", "xlsx", "json"])
def test_every_format_is_recognised_by_what_it_holds(name, editor):
    an_entry("Où ?", "Là.")
    shown = send_table(editor, export_table(name), name="tableau.bin")
    assert shown.status_code == 200
    assert "1 ligne : 0 nouvelle, 0 modifiée, 1 inchangée, 0 refusée" in read(shown).replace("<strong>", "").replace(
        "</strong>", ""
    )
    assert "ne change rien" in read(shown)
    assert not Upload.objects.exists()


@pytest.mark.every_database
def test_a_preview_shows_the_differences_and_stores_nothing_but_the_file(editor):
    an_entry("Où ?", "Là.")
    shown = send_table(editor, reworded())
    page = read(shown)
    assert "<ins>" in page
    assert "ajouté" in page
    assert "style=" not in page.partition("<main")[2]
    assert (the_entry().question, Version.objects.count(), Upload.objects.count()) == ("Où ?", 1, 1)


@pytest.mark.every_database
def test_a_confirmation_imports_what_was_previewed_to_the_byte(editor):
    an_entry("Où ?", "Là.\n- et là")
    data = reworded()
    shown = send_table(editor, data)
    assert bytes(Upload.objects.get().content) == data
    done = confirm_table(editor, shown, follow=True)
    batch = Batch.objects.get()
    page = read(done)
    assert f"lot {batch.pk}" in page
    assert "1 modifiée" in page
    assert (batch.label, batch.author.username) == ("Import du tableau fiches.csv", editor.user.username)
    assert (the_entry().question, the_entry().answer) == ("Où donc ?", "Là.\n- et là")
    assert not Upload.objects.exists()


def test_who_may_undo_is_offered_it_at_once(sign_in):
    an_entry("Où ?", "Là.")
    client = sign_in("relecteur")
    done = confirm_table(client, send_table(client, reworded()), follow=True)
    assert reverse("admin:faq_batch_undo", args=(Batch.objects.get().pk,)) in read(done)


def test_a_second_confirmation_finds_nothing_to_import(editor):
    shown = send_table(editor, write_rows([{"question": "Nouvelle ?", "answer": "Oui."}]))
    confirm_table(editor, shown)
    again = confirm_table(editor, shown, follow=True)
    assert "n’attend plus" in read(again)
    assert Entry.objects.count() == 1


def test_nobody_confirms_the_file_of_somebody_else(editor, sign_in):
    an_entry("Où ?", "Là.")
    shown = send_table(editor, reworded())
    assert "n’attend plus" in read(confirm_table(sign_in("relecteur"), shown, follow=True))
    assert the_entry().question == "Où ?"
    assert Upload.objects.count() == 1


def test_a_reader_may_neither_send_nor_confirm(editor, sign_in):
    an_entry("Où ?", "Là.")
    shown = send_table(editor, reworded())
    reader = sign_in("analyste")
    assert send_table(reader, reworded()).status_code == 403
    assert confirm_table(reader, shown).status_code == 403
    assert "Importer un tableau" not in read(reader.get(reverse("admin:faq_entry_changelist")))
    assert "Importer un tableau" in read(editor.get(reverse("admin:faq_entry_changelist")))


def test_refused_rows_are_named_and_nothing_can_be_confirmed(editor):
    an_entry("Où ?", "Là.")
    shown = send_table(editor, change_export(lambda rows: rows[0].update({"Thématiques": "inconnue"})))
    page = read(shown)
    assert shown.status_code == 400
    assert "Terme inconnu : « inconnue »" in page
    assert "Thématiques" in page
    assert shown.context["confirm_form"] is None
    assert not Upload.objects.exists()
    assert "Confirmer" not in page


def test_what_changed_between_preview_and_confirmation_is_refused(editor):
    entry = an_entry("Où ?", "Là.")
    shown = send_table(editor, reworded())
    edit_entry(entry.pk, Content("Où ça ?", "Là."), by_command())
    done = confirm_table(editor, shown)
    assert done.status_code == 400
    assert "périmée" in read(done)
    assert the_entry().question == "Où ça ?"
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "vide"),
        (b"\n\n", "vide"),
        (b"reference;question\r\n", "aucune ligne"),
        (b"\x00\x01\x02", "NUL"),
        (b"question;answer\r\n\x81;x", "Windows-1252"),
        (b'question;answer\r\n"Ou ?;x', "guillemets"),
        (b"question;answer\r\nOu ?;x;y", "3 cellules pour 2 colonnes"),
        (b"question;zut\r\nOu ?;x", "Colonnes inconnues"),
        (b"question;;answer\r\na;b;c", "n’a pas de nom"),
        (b"<!DOCTYPE html><html><table>", "page HTML"),
        (b"# fiches\nquestion,answer\nOu ?,La.", "à la ligne 2"),
        (b"question,answer\nOu ?;La.", "Ligne 1"),
        (b"[1, 2]", "tableau d’objets"),
        (b'{"question": 1}', "tableau d’objets"),
        (b'[{"question": ["x"]}]', "un texte est attendu"),
        (b'[{"question": "a", "question": "b"}]', "deux fois"),
        (b"[" * 100_000, "imbriqué"),
        (b"PK\x03\x04 rien", "abîmé"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "mot de passe"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_french(data, reason, editor):
    shown = send_table(editor, data)
    assert shown.status_code == 400
    assert reason in read(shown)
    assert not Entry.objects.exists()


def test_a_file_above_the_limit_is_not_read(editor, monkeypatch):
    monkeypatch.setattr("faq.admin.table_imports.TABLE_MAX_BYTES", 10)
    shown = send_table(editor, b"question;answer\r\nOu ?;La.")
    assert "dépasse 10" in read(shown)
    assert not Upload.objects.exists()


def test_a_guess_is_told(editor):
    data = write_rows([{"question": "Où ?", "answer": "Là-bas, été."}], encoding="cp1252")
    shown = send_table(editor, data)
    assert "Windows-1252" in read(shown)
    confirm_table(editor, shown)
    assert the_entry().question == "Où ?"


def test_the_page_is_the_same_for_a_session_that_expired():
    assert Client().get(reverse("admin:faq_entry_import")).status_code == 302


def test_a_name_that_promises_another_format_is_told(editor):
    data = write_rows([{"question": "Où ?", "answer": "Là-bas."}])
    assert "finit par .xlsx, mais c’est du CSV" in read(send_table(editor, data, name="fiches.xlsx"))
    assert "finit par" not in read(send_table(editor, data, name="fiches.csv"))


def test_a_hidden_sheet_beside_the_table_is_told(editor):
    book = Workbook()
    for row in [("question", "answer"), ("Où ?", "Là.")]:
        book.active.append(row)
    book.active.title = "Fiches"
    listed = book.create_sheet("Listes")
    listed.append(["valeurs"])
    listed.sheet_state = "veryHidden"
    file = io.BytesIO()
    book.save(file)
    shown = send_table(editor, file.getvalue(), name="fiches.xlsx")
    assert "Seule la feuille « Fiches » est lue ; à part : « Listes »" in read(shown)
    confirm_table(editor, shown)
    assert the_entry().question == "Où ?"


def test_a_session_that_expired_before_the_confirmation_leads_back_to_the_form(editor):
    shown = send_table(editor, write_rows([{"question": "Nouvelle ?", "answer": "Oui."}]))
    sign_in_page = confirm_table(Client(), shown)
    address = reverse("admin:faq_entry_process_import")
    assert sign_in_page.url == f"{reverse('admin:login')}?next={address}"
    back = editor.get(address, follow=True)
    assert back.redirect_chain == [(reverse("admin:faq_entry_import"), 302)]
    assert "Rien n’a été importé : la session a sans doute expiré" in read(back)
    assert not Entry.objects.exists()


def test_importing_by_hand_and_by_page_gives_the_same(editor):
    an_entry("Où ?", "Là.")
    data = reworded()
    by_page = send_table(editor, data).context["preview"]["counted"]
    assert by_page == import_table(data, preview=True).counted


def test_terms_are_imported_by_those_who_may(sign_in):
    a_taxonomy()
    data = change_export(lambda rows: rows[0].update({"Libellé": "Offre"}), resource=OfferTypeResource)
    assert send_table(sign_in("rédacteur"), data, "faq_offertype").status_code == 403
    client = sign_in("administrateur")
    shown = send_table(client, data, "faq_offertype")
    assert "Offre" in shown.content.decode()
    assert OfferType.objects.order_by("pk")[0].label == "Ségur du numérique"
    confirm_table(client, shown, "faq_offertype")
    assert OfferType.objects.order_by("pk")[0].label == "Offre"
