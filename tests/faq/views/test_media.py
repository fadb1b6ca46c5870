"""The addresses of images and documents: public while a live text refers to the file, and nothing at all otherwise."""

import pytest

from faq.domain.media.checking import clean_file
from faq.services.media import store_media
from faq.services.media_storage import get_storage
from faq.services.workflow import withdraw_entry
from tests.factories import a_published_entry, an_entry, by_command
from tests.media import a_document, a_media_file, a_photograph, an_answer_with, an_image

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _storage(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("faq.services.media.check_file", clean_file)
    settings.STORAGES = settings.STORAGES | {"media": {**settings.STORAGES["media"], "OPTIONS": {"location": tmp_path}}}


def published(file):
    return a_published_entry(answer=an_answer_with(file))


@pytest.mark.parametrize(
    ("name", "content", "content_type", "disposition"),
    [
        ("Écran.png", an_image(), "image/png", "inline; filename*=utf-8''%C3%89cran.png"),
        ("photo.JPEG", a_photograph(), "image/jpeg", 'inline; filename="photo.jpg"'),
        ("a.png", an_image("WEBP"), "image/webp", 'inline; filename="a.webp"'),
        ('no"tice.PDF', a_document(), "application/pdf", 'attachment; filename="no\\"tice.pdf"'),
    ],
)
def test_headers(client, name, content, content_type, disposition):
    file = store_media(name, content, None)
    published(file)
    response = client.get(file.get_absolute_url())
    assert response.status_code == 200
    assert len(response.getvalue()) == int(response["Content-Length"]) == file.size
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == disposition
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "public, max-age=300"
    assert "Vary" not in response
    assert not response.cookies


def test_a_file_that_did_not_change_is_not_sent_again(client):
    file = a_media_file()
    published(file)
    etag = client.get(file.get_absolute_url())["ETag"]
    again = client.get(file.get_absolute_url(), headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert again["Cache-Control"] == "public, max-age=300"


def test_a_file_that_became_private_is_gone_for_whoever_has_it_already(client):
    file = a_media_file()
    entry = published(file)
    etag = client.get(file.get_absolute_url())["ETag"]
    withdraw_entry(entry.pk, by_command())
    assert client.get(file.get_absolute_url(), headers={"If-None-Match": etag}).status_code == 404


def test_who_asks_for_the_headers_gets_them_alone(client):
    file = a_media_file()
    published(file)
    response = client.head(file.get_absolute_url())
    assert (response.status_code, response["Content-Length"]) == (200, str(file.size))
    assert response.getvalue() == b""
    assert client.post(file.get_absolute_url()).status_code == 405


@pytest.mark.parametrize("role", ["rédacteur", "relecteur", "analyste", "administrateur"])
def test_drafts_files_are_for_those_who_read_drafts(client, sign_in, role):
    file = a_media_file()
    an_entry(answer=an_answer_with(file))
    hidden = client.get(file.get_absolute_url())
    assert (hidden.status_code, hidden.content) == (404, client.get(f"/media/{'0' * 32}.png").content)
    response = sign_in(role).get(file.get_absolute_url())
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Vary"] == "Cookie"
    assert response.getvalue()


def test_an_account_without_a_role_reads_no_draft_file(sign_in):
    assert sign_in(None).get(a_media_file().get_absolute_url()).status_code == 404


def test_what_is_public_is_the_same_for_everybody(client, sign_in):
    file = a_media_file()
    published(file)
    responses = [one.get(file.get_absolute_url()) for one in (client, sign_in("relecteur"))]
    assert responses[0].headers == responses[1].headers
    assert responses[0].getvalue() == responses[1].getvalue()


@pytest.mark.parametrize("extension", ["jpg", "webp", "pdf", "svg", "PNG", ""])
def test_a_file_has_one_address(client, extension):
    file = a_media_file()
    published(file)
    assert client.get(f"/media/{file.hash}.{extension}").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/media/", "/media/../manage.py", "/media/%2e%2e/x.png", f"/media/{'A' * 32}.png", f"/media/{'a' * 99}.png"],
)
def test_other_addresses_are_none(client, address):
    assert client.get(address).status_code == 404


def test_a_file_that_the_storage_lost_is_not_found_and_the_log_says_so(client, caplog):
    file = a_media_file()
    published(file)
    get_storage().delete(file.storage_name)
    assert client.get(file.get_absolute_url()).status_code == 404
    assert f"{file.storage_name} is missing" in caplog.text


def test_a_public_file_costs_one_query(client, django_assert_num_queries):
    file = a_media_file()
    published(file)
    with django_assert_num_queries(1):
        client.get(file.get_absolute_url())
