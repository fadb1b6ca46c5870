"""« Images et documents » in the admin: sending, choosing, the list, the page of a file, and the form of an entry."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from faq.domain.media.checking import clean_file
from faq.enums import PageSlug
from faq.models import Entry, MediaFile, SitePage
from faq.services.media import store_media
from faq.services.pages import save_page
from tests.factories import a_published_entry, an_entry
from tests.faq.admin.entry_form import page_of as page_of_entry
from tests.faq.admin.entry_form import read, save
from tests.media import a_document, a_media_file, a_png_of, an_answer_with, an_image, many_media_files

pytestmark = pytest.mark.django_db

SEND = "/admin/faq/mediafile/envoyer/"
OFFERED = "/admin/faq/mediafile/choisir/"
LIST = "/admin/faq/mediafile/"


@pytest.fixture(autouse=True)
def _storage(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("faq.services.media.check_file", clean_file)
    settings.STORAGES = settings.STORAGES | {"media": {**settings.STORAGES["media"], "OPTIONS": {"location": tmp_path}}}


def sent(content=None, name="capture.png"):
    return SimpleUploadedFile(name, an_image() if content is None else content)


def address_of(file):
    return reverse("admin:faq_mediafile_change", args=(file.pk,))


def test_a_file_that_is_sent_from_the_form_comes_back_as_what_refers_to_it(redacteur):
    response = redacteur.post(SEND, {"file": sent()})
    file = MediaFile.objects.get()
    assert response.json() == {
        "name": "capture.png",
        "reference": f"media:{file.hash}.png",
        "address": f"/media/{file.hash}.png",
        "isImage": True,
        "text": "",
    }
    assert file.author == redacteur.user


def test_a_file_that_was_sent_before_comes_with_its_last_alternative_text(redacteur):
    an_entry(answer=an_answer_with(a_media_file(), alternative="L’écran d’accueil"))
    assert redacteur.post(SEND, {"file": sent()}).json()["text"] == "L’écran d’accueil"


def test_a_document_proposes_its_name_format_and_size(redacteur):
    told = redacteur.post(SEND, {"file": sent(a_document(), "notice_de_pose.pdf")}).json()
    assert told["text"] == "notice de pose (PDF, 1\u00a0ko)"
    assert not told["isImage"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"GIF89a", "«\u00a0capture.png\u00a0» est une image GIF"),
        (a_png_of(30_000, 30_000), "30\u202f000\u00a0×\u00a030\u202f000\u00a0pixels"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 20_000_001, "«\u00a0capture.png\u00a0» pèse 21\u00a0Mo"),
        (None, "Choisissez un fichier."),
    ],
)
def test_a_refusal_is_a_sentence_and_nothing_is_stored(redacteur, content, said):
    response = redacteur.post(SEND, {"file": sent(content)} if content else {})
    assert response.json().keys() == {"error"}
    assert said in response.json()["error"]
    assert not MediaFile.objects.exists()


def test_the_dialog_offers_the_latest_and_those_whose_words_match(redacteur, monkeypatch):
    monkeypatch.setattr("faq.admin.media._OFFERED", 2)
    first, second, third = a_media_file(name="un.png"), a_media_file("red", name="deux.png"), a_media_file("green")
    an_entry(answer=an_answer_with(first, alternative="Tableau de bord"))
    latest = read(redacteur.get(OFFERED))
    assert first.reference not in latest
    assert latest.index(third.reference) < latest.index(second.reference)
    assert "précisez la recherche" in latest
    found = read(redacteur.get(OFFERED, {"q": "tableau BORD"}))
    assert first.reference in found
    assert 'data-text="Tableau de bord"' in found
    assert second.reference not in found
    assert "Aucun fichier ne porte ces mots" in read(redacteur.get(OFFERED, {"q": "licorne"}))


def test_without_a_script_a_page_takes_files_and_shows_the_lines_to_copy(redacteur):
    files = [sent(), sent(a_document(), "no[ti]ce.pdf"), sent(b"texte", "notes.txt")]
    page = read(redacteur.post(f"{LIST}add/", {"files": files}))
    image, document = MediaFile.objects.order_by("pk")
    assert f'value="![]({image.reference})"' in page
    assert f'value="[no\\[ti\\]ce (PDF, 1\u00a0ko)]({document.reference})"' in page
    assert "«\u00a0notes.txt\u00a0» n’est ni une image ni un PDF lisible" in page
    assert "2 fichiers enregistrés" in page


def test_the_page_says_where_a_file_is_used(relecteur):
    image = a_media_file()
    live = a_published_entry("En ligne ?", an_answer_with(image))
    draft = an_entry("Brouillon ?", an_answer_with(image, alternative=""))
    page = SitePage.objects.get(slug=PageSlug.LEGAL)
    save_page(page, page.title, an_answer_with(image), None)
    shown = read(relecteur.get(address_of(image)))
    assert f"{live.reference} En ligne ?" in shown
    assert f"{draft.reference} Brouillon ?" in shown
    assert "dans le brouillon ; décorative" in shown
    assert "texte alternatif\u00a0: «\u00a0Écran d’accueil\u00a0»" in shown
    assert "Mentions légales" in shown
    assert "Supprimer pour de bon" not in shown
    assert 'class="empty-state"' not in read(relecteur.get(LIST))


def test_a_file_that_nothing_refers_to_is_deleted_from_its_page(redacteur, analyste):
    image = a_media_file()
    assert "Supprimer pour de bon" not in read(analyste.get(address_of(image)))
    assert analyste.post(address_of(image), {"_delete": "1"}).status_code == 403
    assert "Supprimer pour de bon" in read(redacteur.get(address_of(image)))
    shown = read(redacteur.post(address_of(image), {"_delete": "1"}, follow=True))
    assert "«\u00a0capture.png\u00a0» est supprimé." in shown
    assert not MediaFile.objects.exists()


def test_a_file_that_came_into_use_meanwhile_stays(redacteur):
    image = a_media_file()
    an_entry(answer=an_answer_with(image))
    shown = read(redacteur.post(address_of(image), {"_delete": "1"}, follow=True))
    assert "ne peut pas être supprimé" in shown
    assert MediaFile.objects.exists()


@pytest.mark.every_database
def test_the_list_costs_the_same_whatever_its_length(relecteur):
    files = many_media_files(3)
    an_entry(answer=an_answer_with(*files))
    relecteur.get(LIST)
    with CaptureQueriesContext(connection) as few:
        relecteur.get(LIST)
    an_entry(answer=an_answer_with(*many_media_files(20)))
    with CaptureQueriesContext(connection) as many:
        assert relecteur.get(LIST).status_code == 200
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("emploi=public", {"live"}),
        ("emploi=interne", {"draft"}),
        ("emploi=aucun", {"unused", "document"}),
        ("nature=document", {"document"}),
        ("nature=image", {"live", "draft", "unused"}),
        ("q=draft", {"draft"}),
    ],
)
def test_the_list_filters(relecteur, filters, expected):
    a_published_entry(answer=an_answer_with(a_media_file(name="live.png")))
    an_entry(answer=an_answer_with(a_media_file("red", name="draft.png")))
    a_media_file("green", name="unused.png")
    store_media("document.pdf", a_document(), None)
    shown = relecteur.get(f"{LIST}?{filters}").context["cl"].result_list
    assert {file.original_name.partition(".")[0] for file in shown} == expected


def test_a_text_that_names_no_file_is_refused_where_it_stands(redacteur):
    entry = an_entry()
    response = save(redacteur, entry, answer=f"![Un écran](media:{'0' * 32}.png)")
    assert f"Aucun fichier ne porte le nom «\u00a0media:{'0' * 32}.png\u00a0»" in read(response)
    assert Entry.objects.get().head.number == 1


def test_a_page_of_the_site_that_names_no_file_is_refused(relecteur):
    page = SitePage.objects.get(slug=PageSlug.LEGAL)
    address = reverse("admin:faq_sitepage_change", args=(page.pk,))
    typed = {"title": page.title, "text": f"![Un écran](media:{'0' * 32}.png)", "base": page.number}
    assert "Aucun fichier ne porte le nom" in read(relecteur.post(address, typed))
    page.refresh_from_db()
    assert page.number == 1


def test_an_image_without_alternative_text_is_said_once_and_stops_nothing(redacteur):
    image, entry = a_media_file(), an_entry()
    shown = read(save(redacteur, entry, answer=f"![]({image.reference})"))
    assert "Une image n’a pas de texte alternatif" in shown
    assert Entry.objects.get().head.number == 2
    again = read(save(redacteur, entry, answer=f"![]({image.reference})\n\nPlus."))
    assert "pas de texte alternatif" not in again


def test_an_image_that_is_said_to_be_decorative_is_not_told(redacteur):
    image, entry = a_media_file(), an_entry()
    shown = read(save(redacteur, entry, answer=f"![]({image.reference})", decorative=image.reference))
    assert "pas de texte alternatif" not in shown
    assert Entry.objects.get().head.number == 2


def test_who_may_not_send_files_has_no_tool_for_it(redacteur, analyste):
    entry = an_entry()
    assert "answer_media.js" in read(redacteur.get(page_of_entry(entry)))
    assert "answer_media.js" not in read(analyste.get(page_of_entry(entry)))
