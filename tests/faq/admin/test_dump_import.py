"""« Importer une extraction »: files sent, looked at, chosen for, imported and undone, by those who may."""

import json
import threading
import unicodedata

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from faq.admin.dump_import import preview_address
from faq.admin.streaming import STREAM_TYPE
from faq.domain.dumps import CASCADE_QUESTIONS, VOTE_LINE
from faq.enums import DumpChoice, DumpVerdict
from faq.models import Batch, Dump, DumpPreview, Entry, Upload
from faq.services.content import Content
from faq.services.dump_previews import get_files
from faq.services.entries import edit_entry
from tests.factories import a_dump_file, an_entry, by_command, take_dump, unlike_texts
from tests.faq.admin.entry_form import read
from tests.pairs import DELAY, OTHER_DELAY
from tests.previewing import a_preview, exported, rows, verdicts

pytestmark = pytest.mark.django_db

IMPORT = reverse("admin:faq_dump_import")
LIST = reverse("admin:faq_dump_changelist")


def upload(name, data):
    return SimpleUploadedFile(name, data, content_type="text/plain")


def send(client, *files, names=None, **options):
    data = {"files": [upload(name, content) for name, content in files]}
    return client.post(IMPORT, data | ({"names": names} if names else {}), **options)


def press(client, preview, do, **data):
    return client.post(preview_address(preview), {"do": do, **data}, follow=True)


def the_preview():
    return DumpPreview.objects.latest("pk")


def test_the_button_is_there_for_those_who_import(relecteur, redacteur):
    for address in (LIST, reverse("admin:index")):
        assert IMPORT in read(relecteur.get(address))
        assert IMPORT not in read(redacteur.get(address))
    assert redacteur.get(IMPORT).status_code == 403
    assert redacteur.post(IMPORT).status_code == 403


@pytest.mark.every_database
def test_the_limits_are_told_before_anything_is_sent(relecteur):
    page = read(relecteur.get(IMPORT))
    for told in ("20 fichiers au plus", "200 Mo en tout", "200 000 réponses par fichier"):
        assert told in page.replace("\u202f", " ")


@pytest.mark.every_database
def test_files_are_previewed_imported_and_undone(relecteur):
    take_dump(a_dump_file("Reste.", DELAY), "page")
    new, other = a_dump_file("Reste.", OTHER_DELAY, "Arrive.", ""), a_dump_file("Ailleurs.")
    page = read(send(relecteur, ("page.txt", new), ("autre.txt", other), follow=True))
    assert "Rien n’est encore enregistré" in page
    for told in ("page, ligne 3, réponse 2", "30", "60", "édition (2)", "nouvelle extraction", "2 nouvelles fiches"):
        assert told in page
    assert Dump.objects.count() == 1
    preview = the_preview()
    page = read(press(relecteur, preview, "confirm"))
    assert (exported("page"), exported("autre")) == (new, other)
    batch = Batch.objects.latest("pk")
    dump = Dump.objects.get(name="page", edition=2)
    for told in (
        "5 réponses importées",
        "2 nouvelles fiches",
        "1 réponse vide",
        "1 texte proposé",
        f"?travail=sans-question&lot={batch.pk}",
        f"?travail=doublons&extraction={dump.pk}",
        reverse("admin:faq_batch_undo", args=(batch.pk,)),
    ):
        assert told in page.replace("&amp;", "&")
    relecteur.post(reverse("admin:faq_batch_undo", args=(batch.pk,)))
    assert exported("page") == a_dump_file("Reste.", DELAY)
    assert "est annulé par" in read(relecteur.get(reverse("admin:faq_dump_result", args=(batch.pk,))))


def test_names_can_be_typed_and_are_checked(relecteur):
    files = [("a.txt", a_dump_file("Un.")), ("b.txt", a_dump_file("Deux."))]
    page = read(send(relecteur, *files, names=["page", "page"], follow=True))
    assert page.count("2 fichiers portent le nom") == 2
    preview = the_preview()
    page = read(press(relecteur, preview, "files", **{"name-0": "une", "name-1": "deux\u200b"}))
    assert "caractère invisible (U+200B)" in page
    read(press(relecteur, preview, "files", **{"name-0": "une", "name-1": "deux"}))
    assert [file.name for file in get_files(the_preview())] == ["une", "deux"]
    assert verdicts(the_preview()) == [DumpVerdict.NEW] * 2


def test_a_bad_file_among_good_ones_is_replaced_and_the_others_stay(relecteur):
    bad = "Première ligne.\nÉté".encode("latin-1")
    page = read(send(relecteur, ("bon.txt", a_dump_file("Bien.")), ("classeur.txt", b"PK\x03\x04\0"), follow=True))
    assert "classeur.txt" in page
    assert "mais un classeur" in page
    preview = the_preview()
    again = {"name-0": "bon", "name-1": "été", "file-1": upload("été.txt", bad)}
    page = read(press(relecteur, preview, "files", **again))
    assert "ligne 1, octet 6" in page
    assert read(press(relecteur, preview, "confirm")).count("pas encore calculé") == 1
    press(relecteur, preview, "files", **(again | {"file-1": upload("été.txt", a_dump_file("Été."))}))
    press(relecteur, preview, "confirm")
    assert (exported("bon"), exported("été")) == (a_dump_file("Bien."), a_dump_file("Été."))


def test_files_are_removed_and_added(relecteur):
    send(relecteur, ("a.txt", a_dump_file("Un.")), ("b.txt", a_dump_file("Deux.")))
    preview = the_preview()
    press(relecteur, preview, "files", **{"remove-0": "on", "files": upload("c.txt", a_dump_file("Trois."))})
    assert [file.name for file in get_files(the_preview())] == ["b", "c"]
    page = read(press(relecteur, preview, "files", **{"remove-0": "on", "remove-1": "on"}))
    assert "Choisissez au moins un fichier" in page


@pytest.mark.parametrize("files", [[], [(f"{rank}.txt", a_dump_file("Un.")) for rank in range(21)]])
def test_no_file_and_too_many_are_refused(relecteur, files):
    page = read(send(relecteur, *files))
    assert "au moins un fichier" in page or "21 fichiers, c’est trop" in page
    assert not DumpPreview.objects.exists()
    assert not Upload.objects.exists()


HOSTILE = {
    "bom": b"\xef\xbb\xbf" + a_dump_file("Un."),
    "crlf": a_dump_file("Une ligne,\r\nune autre.", line_end="\r\n"),
    "cr": a_dump_file("Une ligne,\rune autre.", line_end="\r"),
    "mixed": a_dump_file("Un.", line_end="\r\n") + a_dump_file("Deux.") + a_dump_file("Trois.", line_end="\r"),
    "questions": f"{CASCADE_QUESTIONS[0]}\n\n{CASCADE_QUESTIONS[4]}\n".encode() + a_dump_file("Classée."),
    "blank": b"\n\n \t\n" + a_dump_file("", "\n\n", "\u00a0 ") + b"\n\n",
    "tail": a_dump_file("Avant.") + b"Un reste, sans fin de ligne",
    "vote": f"Réponse.\n{VOTE_LINE.replace(' ?', chr(0x202F) + '?')}\nAutre.\n{VOTE_LINE.upper()}".encode(),
    "accents": unicodedata.normalize("NFD", a_dump_file("Été à l’hôpital.").decode()).encode(),
    "invisible": a_dump_file("Un\u200bde\u200dux\u2028trois\x85quatre\x0bcinq\x1csix\ufeff"),
    "markup": a_dump_file("<script>alert(1)</script>\n{{ settings }} {% now %}\n=1+1\n| a | b |"),
    "long": a_dump_file("mot " * 12_000),
    "copies": a_dump_file(*["Toujours la même réponse."] * 60),
    "planes": a_dump_file("\U0001f600 \U00020000 \U0010fffd"),
}


def test_every_text_that_is_utf8_comes_back_to_the_byte(relecteur):
    response = send(relecteur, *((f"{name}.txt", data) for name, data in HOSTILE.items()), follow=True)
    assert b"<script>alert" not in response.content
    press(relecteur, the_preview(), "confirm")
    assert {name: exported(name) for name in HOSTILE} == HOSTILE


def test_hundreds_of_files_are_refused_in_french(relecteur):
    response = send(relecteur, *[(f"{rank}.txt", b"1") for rank in range(101)])
    assert response.status_code == 400
    assert "trop de champs ou de fichiers" in read(response)


def test_choices_are_saved_page_by_page_and_for_all(relecteur):
    entry = an_entry(answer=DELAY)
    send(relecteur, ("page.txt", a_dump_file(OTHER_DELAY, "Arrive.")))
    preview = the_preview()
    like, _ = rows(preview)
    page = read(press(relecteur, preview, "choose", **{f"choice-{like.pk}": "keep", "choice-x": "keep"}))
    assert "1 choix enregistré" in page
    assert "1 réponse rattachée à une fiche, sans la changer" in page
    press(relecteur, preview, "all", verdict="looks_like", choice="create")
    assert [row.choice for row in rows(preview)] == [DumpChoice.CREATE, ""]
    press(relecteur, preview, "confirm", **{f"choice-{like.pk}": "propose"})
    entry.refresh_from_db()
    assert entry.head.answer == OTHER_DELAY


def test_a_script_saves_one_choice_and_gets_the_plan(relecteur):
    an_entry(answer=DELAY)
    send(relecteur, ("page.txt", a_dump_file(OTHER_DELAY, "Arrive.")))
    data = {"do": "choose", f"choice-{rows(the_preview())[0].pk}": "keep"}
    response = relecteur.post(preview_address(the_preview()), data, headers={"accept": "application/json"})
    assert response.json() == {
        "plan": ["1 nouvelle fiche, en brouillon", "1 réponse rattachée à une fiche, sans la changer"]
    }


def test_a_curated_entry_shows_base_mine_and_theirs(relecteur):
    take_dump(a_dump_file(DELAY), "page")
    entry = Entry.objects.get()
    edit_entry(entry.pk, Content("Combien ?", DELAY.replace("pièces", "preuves")), by_command())
    page = read(send(relecteur, ("page.txt", a_dump_file(OTHER_DELAY)), follow=True))
    for told in ("il n’est pas écrasé", "preuves", "60", f"Garder le texte de {entry.reference}", "les mêmes lignes"):
        assert told in page
    [row] = rows(the_preview())
    assert f'name="choice-{row.pk}" value="keep" checked' in page


def test_changes_of_other_lines_are_shown_joined(relecteur):
    take_dump(a_dump_file(DELAY), "page")
    edit_entry(Entry.objects.get().pk, Content("Combien ?", f"{DELAY}\nUne ligne de plus."), by_command())
    page = read(send(relecteur, ("page.txt", a_dump_file(OTHER_DELAY)), follow=True))
    assert "Voir les deux réunis" in page
    assert f"Réunir les deux dans {Entry.objects.get().reference}" in page


@pytest.mark.every_database
def test_the_filters_show_one_verdict_each(relecteur):
    take_dump(a_dump_file("Reste.", "Disparaît tout à fait."), "page")
    send(relecteur, ("page.txt", a_dump_file("Reste.", "Arrive.", "")))
    address = preview_address(the_preview())
    shown = {
        name: len(relecteur.get(f"{address}?verdict={name}").context["cards"])
        for name in ("nouvelle", "connue", "vide", "disparue", "")
    }
    assert shown == {"nouvelle": 1, "connue": 1, "vide": 1, "disparue": 1, "": 4}
    assert len(relecteur.get(f"{address}?verdict=licorne").context["cards"]) == 4


def test_what_changed_since_the_preview_is_shown_again(relecteur):
    send(relecteur, ("page.txt", a_dump_file(DELAY)))
    preview = the_preview()
    an_entry(answer=DELAY)
    page = read(press(relecteur, preview, "confirm"))
    assert "La FAQ a changé depuis votre aperçu" in page
    assert "relisez ce choix" in page
    assert not Dump.objects.exists()
    press(relecteur, preview, "confirm")
    assert exported("page") == a_dump_file(DELAY)
    assert Entry.objects.count() == 1


def test_the_same_bytes_are_said_to_be_there(relecteur):
    take_dump(a_dump_file("Un."), "page")
    page = read(send(relecteur, ("page.txt", a_dump_file("Un.")), follow=True))
    assert "Rien à importer" in page
    assert "Importer</button>" not in page


def test_a_preview_of_somebody_else_or_of_the_past_leads_back(relecteur, administrateur):
    send(relecteur, ("page.txt", a_dump_file("Un.")))
    preview = the_preview()
    for client, key in ((administrateur, preview.key), (relecteur, "licorne")):
        address = reverse("admin:faq_dump_preview", args=(key,))
        for response in (client.get(address, follow=True), client.post(address, {"do": "confirm"}, follow=True)):
            assert "n’existe plus" in read(response)
    assert "page" in read(relecteur.get(IMPORT))
    press(relecteur, preview, "abandon")
    assert not Upload.objects.exists()


@pytest.mark.every_database
def test_an_import_that_was_interrupted_is_said_to_have_stored_nothing(relecteur):
    preview = a_preview(relecteur.user, page=a_dump_file("Un."))
    DumpPreview.objects.update(started_at=preview.created_at)
    page = read(relecteur.get(preview_address(preview)))
    assert ("a été interrompu" if connection.vendor == "postgresql" else "n’a rien enregistré") in page
    press(relecteur, preview, "confirm")
    assert exported("page") == a_dump_file("Un.")


def test_a_large_import_is_computed_on_request(relecteur, monkeypatch):
    monkeypatch.setattr("faq.admin.dump_import._AT_ONCE", 1)
    page = read(send(relecteur, ("page.txt", a_dump_file("Un.", "Deux.")), follow=True))
    assert "Calculer l’aperçu" in page
    assert the_preview().computed_at is None
    assert "2 nouvelles fiches" in read(press(relecteur, the_preview(), "compute"))


@pytest.mark.every_database
@pytest.mark.parametrize("number", [3, 300])
def test_a_page_takes_as_many_queries_for_any_number_of_answers(relecteur, number):
    take_dump(a_dump_file(DELAY), "page")
    preview = a_preview(relecteur.user, page=a_dump_file(OTHER_DELAY, *unlike_texts(number)))
    with CaptureQueriesContext(connection) as queries:
        response = relecteur.get(preview_address(preview))
    assert len(response.context["cards"]) == min(number + 1, 25)
    assert len(queries) <= 14


@pytest.mark.every_database
@pytest.mark.parametrize("number", [1, 5])
def test_a_result_takes_as_many_queries_for_any_number_of_dumps(relecteur, number):
    names = {f"page{rank}": a_dump_file(DELAY.replace("30", str(rank))) for rank in range(number)}
    press(relecteur, a_preview(relecteur.user, **names), "confirm")
    with CaptureQueriesContext(connection) as queries:
        relecteur.get(reverse("admin:faq_dump_result", args=(Batch.objects.get().pk,)))
    assert len(queries) <= 16


# Progress, read by a script


def stream(client, preview, do):
    response = client.post(preview_address(preview), {"do": do}, headers={"accept": STREAM_TYPE})
    assert response["Content-Type"] == STREAM_TYPE
    return [json.loads(line) for line in response.streaming_content]


@pytest.fixture
def importer(transactional_db):
    """Somebody who imports, with threads that see the same database."""
    client = Client()
    client.user = User.objects.create_superuser("paul")
    client.force_login(client.user)
    return client


@pytest.mark.django_db(transaction=True)
def test_progress_is_streamed_and_ends_with_the_next_page(importer, monkeypatch):
    monkeypatch.setattr("faq.services.dumps.CHUNK", 2)
    preview = a_preview(importer.user, page=a_dump_file(*unlike_texts(5)))
    lines = [line for line in stream(importer, preview, "confirm") if line]
    batch = Batch.objects.get()
    assert lines == [
        {"done": 2, "total": 5},
        {"done": 4, "total": 5},
        {"done": 5, "total": 5},
        {"address": reverse("admin:faq_dump_result", args=(batch.pk,))},
    ]


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_streamed(importer):
    preview = a_preview(importer.user, page=a_dump_file("Un."))
    Upload.objects.all().delete()
    [line] = [line for line in stream(importer, preview, "confirm") if line]
    assert "envoyez-les de nouveau" in line["error"]


@pytest.mark.django_db(transaction=True)
def test_an_import_ends_though_nobody_reads_its_progress(importer):
    preview = a_preview(importer.user, page=a_dump_file(*unlike_texts(30)))
    before = threading.active_count()
    response = importer.post(preview_address(preview), {"do": "confirm"}, headers={"accept": STREAM_TYPE})
    response.close()
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and threading.active_count() > before:
            thread.join(20)
    assert Entry.objects.count() == 30


@pytest.mark.every_database
def test_text_after_the_last_vote_line_is_told_in_preview_and_result(relecteur):
    spoilt = VOTE_LINE.replace("utile", "utole")
    send(relecteur, ("page.txt", a_dump_file("Une.", "Deux.") + f"Trois.\n{spoilt}\n".encode()))
    told = "Du texte suit la dernière ligne de vote (ligne 5)"
    for page in (read(relecteur.get(preview_address(the_preview()))), read(press(relecteur, the_preview(), "confirm"))):
        assert told in page
        assert f"La ligne 6 ressemble à une ligne de vote sans en être une\u00a0: «\u00a0{spoilt}\u00a0»" in page
    send(relecteur, ("autre.txt", a_dump_file("Quatre.") + b"\n \n"))
    for page in (read(relecteur.get(preview_address(the_preview()))), read(press(relecteur, the_preview(), "confirm"))):
        assert "Du texte suit" not in page


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        (b"l" * 1_000 + b".txt", 400, "Le nom d’un fichier est trop long"),
        (b".", 200, "son nom n’a pas pu être lu\u00a0: renommez-le"),
        (b"r\xe9ponses.txt", 200, "son nom n’a pas pu être lu\u00a0: renommez-le"),
    ],
)
def test_a_name_that_cannot_be_read_is_told_with_its_cure(relecteur, name, status, words):
    part = b'--x\r\nContent-Disposition: form-data; name="files"; filename="' + name + b'"\r\n\r\n'
    body = part + a_dump_file("Une.") + b"\r\n--x--\r\n"
    response = relecteur.generic("POST", IMPORT, body, content_type="multipart/form-data; boundary=x")
    assert response.status_code == status
    assert words in read(response)
    assert not Upload.objects.exists()
