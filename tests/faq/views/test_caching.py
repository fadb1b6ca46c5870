"""Pages kept at hand: sent again as they were, and never once the public reads something else."""

import gzip
import itertools

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from faq.enums import Action
from faq.models import Epoch
from faq.services.content import Content
from faq.services.entries import edit_entry
from tests.factories import a_published_entry, a_taxonomy, by_command, some_published_entries
from tests.workers import stale_pages

PAIRS = 12
COUNTED: list[str] = []


def counting(get_response):
    def middleware(request):
        COUNTED.append(request.path)
        return get_response(request)

    return middleware


def with_a_cookie(get_response):
    ranks = itertools.count(1)

    def middleware(request):
        response = get_response(request)
        response.set_cookie("rang", str(next(ranks)))
        return response

    return middleware


@pytest.mark.django_db
class TestPages:
    @pytest.fixture(autouse=True)
    def entry(self):
        a_taxonomy()
        return a_published_entry("Comment ?", "Ainsi.", couloirs="hopital")

    @pytest.mark.every_database
    def test_a_page_asked_for_again_takes_one_query(self, client):
        first = client.get("/?couloir=hopital")
        with CaptureQueriesContext(connection) as queries:
            again = client.get("/?couloir=hopital")
        assert len(queries) == 1
        assert (again.content, again.headers) == (first.content, first.headers)

    def test_another_host_has_pages_of_its_own(self, client):
        with override_settings(ALLOWED_HOSTS=["testserver", "autre"]):
            assert "http://testserver/" in client.get("/").content.decode()
            assert "http://autre/" in client.get("/", headers={"Host": "autre"}).content.decode()

    def test_a_host_that_is_not_ours_gets_none(self, client):
        client.get("/")
        for host in ("ailleurs", "testserver@ailleurs", "testserver/", ""):
            response = client.get("/", headers={"Host": host}) if host else client.get("/", SERVER_NAME="ailleurs")
            assert response.status_code == 400
            assert "Content-Security-Policy" in response.headers

    def test_the_same_address_without_tls_is_sent_on_as_before(self, client):
        assert client.get("/", secure=True).status_code == 200
        with override_settings(SECURE_SSL_REDIRECT=True):
            assert Client().get("/", secure=True).status_code == 200
            assert Client().get("/").status_code == 301

    def test_other_middleware_is_not_asked_twice(self, client):
        with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, f"{__name__}.counting"]):
            COUNTED.clear()
            first, again = client.get("/"), client.get("/")
        assert len(COUNTED) == 1
        assert again.headers == first.headers
        assert again["Content-Security-Policy"]
        assert again["Content-Length"] == str(len(again.content))

    def test_a_page_that_sets_a_cookie_is_nobody_elses(self, client):
        with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, f"{__name__}.with_a_cookie"]):
            assert [client.get("/").cookies["rang"].value for _ in range(2)] == ["1", "2"]

    def test_is_compressed_for_whoever_reads_that(self, client):
        plain = client.get("/")
        for accepted in ("gzip", "deflate, GZIP;q=0.5, br"):
            zipped = client.get("/", headers={"Accept-Encoding": accepted.lower()})
            assert zipped["Content-Encoding"] == "gzip"
            assert gzip.decompress(zipped.content) == plain.content
        assert zipped["ETag"] == f"W/{plain['ETag']}"
        for refused in ("", "identity", "br", "gzip;q=0"):
            assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": refused})

    @pytest.mark.parametrize("accepted", ["", "gzip"])
    def test_is_not_sent_to_whoever_has_it(self, client, accepted):
        etag = client.get("/", headers={"Accept-Encoding": accepted})["ETag"]
        headers = {"If-None-Match": etag, "Accept-Encoding": accepted}
        response = client.get("/", headers=headers)
        assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
        Epoch.move()
        assert client.get("/", headers=headers).status_code == 304
        a_published_entry("Encore ?", "Oui.")
        assert client.get("/", headers=headers).status_code == 200

    def test_a_head_request_has_the_same_headers(self, client):
        head, get = client.head("/"), client.get("/")
        assert (head["ETag"], head.content) == (get["ETag"], b"")

    def test_a_change_shows_at_once_and_on_no_other_answer(self, client, entry):
        a_published_entry("Autre ?", "Autre.")
        before = client.get("/").content.decode()
        edit_entry(entry.pk, Content("Comment ?", "Autrement."), by_command(), then=Action.PUBLISHED)
        after = client.get("/").content.decode()
        assert "Ainsi." in before
        assert "Ainsi." not in after
        assert "Autrement." in after
        assert "Autre." in after


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_no_worker_is_ever_late():
    a_taxonomy()
    entry, *_ = some_published_entries(3)
    assert stale_pages(PAIRS, entry.pk, ["/", "/?couloir=hopital", "/?q=texte"]) == 0
