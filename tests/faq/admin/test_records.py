"""Versions, dumps and batches: all to be read, nothing to be changed, not even by a superuser."""

import hashlib
import html

import pytest
from django.urls import reverse

from faq.domain.dumps import VOTE_LINE
from faq.models import Batch, Dump, Version
from faq.services.bulk import change_many
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import publish_entry
from tests.factories import a_dump_file, a_filing, a_published_entry, a_taxonomy, an_entry, by_command, take_dump

pytestmark = pytest.mark.django_db


def address(model, page, *args):
    return reverse(f"admin:faq_{model}_{page}", args=args)


def read(response):
    return html.unescape(response.content.decode())


def one_of_each():
    take_dump(a_dump_file("Un.", "Deux."))
    return {model._meta.model_name: model.objects.first().pk for model in (Version, Dump, Batch)}


@pytest.mark.every_database
@pytest.mark.parametrize("model", ["version", "dump", "batch"])
def test_everybody_with_a_role_reads_and_nobody_writes(model, sign_in):
    number = one_of_each()[model]
    for client in (sign_in("analyste"), sign_in(superuser=True)):
        assert client.get(address(model, "changelist")).status_code == 200
        assert 'name="_save"' not in read(client.get(address(model, "change", number)))
        assert client.get(address(model, "add")).status_code == 403
        assert client.post(address(model, "change", number), {"label": "x"}).status_code == 403
        assert client.post(address(model, "delete", number), {"post": "yes"}).status_code == 403
    assert sign_in().get(address(model, "change", number)).status_code == 403


@pytest.mark.parametrize("model", ["version", "dump", "batch"])
@pytest.mark.slow
def test_lists_cost_the_same_whatever_they_hold(model, analyste, django_assert_max_num_queries):
    one_of_each()
    analyste.get(address(model, "changelist"))
    with django_assert_max_num_queries(20) as few:
        analyste.get(address(model, "changelist"))
    for rank in range(15):
        take_dump(a_dump_file(f"Réponse {rank}."), name=f"page{rank}")
        change_many(
            dict.fromkeys([an_entry(f"Question {rank} ?").pk]), publish_entry, "Publication", analyste_of(analyste)
        )
    with django_assert_max_num_queries(len(few)):
        analyste.get(address(model, "changelist"))


def analyste_of(client):
    """Somebody who may publish: what a list of authors costs shows only with authors."""
    client.user.is_superuser = True
    return client.user


class TestVersions:
    @pytest.mark.every_database
    def test_a_version_shows_its_text_filing_and_time_online(self, analyste):
        a_taxonomy()
        entry = a_published_entry("Comment ?", "- un\n- deux", couloirs="hopital")
        edit_entry(
            entry.pk, Content("Comment ?", "Autrement.", a_filing(themes="certificats")), by_command(comment="Oubli")
        )
        publish_entry(entry.pk, by_command())
        live = read(analyste.get(address("version", "change", entry.versions.get(number=2).pk)))
        for expected in ("Comment ?", "<li>un</li>", "- un\n- deux", "Hôpital", "transverse", "publication"):
            assert expected in live
        assert " au " in live.partition("En ligne")[2].partition("Texte tel que tapé")[0]
        assert "depuis le" in read(analyste.get(address("version", "change", entry.versions.get(number=4).pk)))

    @pytest.mark.every_database
    def test_they_are_found_by_reference_and_words(self, analyste):
        entry, other = an_entry("Quel certificat ?"), an_entry("Quel délai ?")
        for words in (entry.reference, "certificat quel"):
            shown = analyste.get(address("version", "changelist"), {"q": words}).context["cl"].result_list
            assert [version.entry_id for version in shown] == [entry.pk]
        shown = analyste.get(address("version", "changelist"), {"entry": other.pk}).context["cl"].result_list
        assert [version.entry_id for version in shown] == [other.pk]


class TestDumps:
    @pytest.mark.every_database
    def test_passages_are_in_order_with_their_place_and_entry(self, analyste):
        take_dump(a_dump_file("Un.", "", "Trois\nlignes."))
        dump = Dump.objects.get()
        page = read(analyste.get(address("dump", "change", dump.pk)))
        assert page.index("Un.") < page.index("(réponse vide)") < page.index("Trois\nlignes.")
        entry = dump.passages.get(position=3).entry
        assert address("entry", "change", entry.pk) in page
        assert 'id="passage-3"' in page

    def test_long_dumps_come_in_pages_of_equal_cost(self, analyste, django_assert_max_num_queries):
        take_dump(a_dump_file("Un."), name="court")
        take_dump(a_dump_file(*(f"Réponse {rank}." for rank in range(1, 121))), name="long")
        short, long = (address("dump", "change", Dump.objects.get(name=name).pk) for name in ("court", "long"))
        analyste.get(short)
        with django_assert_max_num_queries(20) as few:
            analyste.get(short)
        with django_assert_max_num_queries(len(few)):
            page = read(analyste.get(long))
        assert "Page 1 sur 3 (120 passages)" in page
        assert "Réponse 51." not in page
        assert "Réponse 51." in read(analyste.get(long, {"page": 2}))
        assert analyste.get(long, {"page": "x"}).status_code == 200

    @pytest.mark.every_database
    def test_the_page_of_a_passage_is_where_entries_point_to(self, analyste):
        take_dump(a_dump_file(*(f"Réponse {rank}." for rank in range(1, 61))), name="long")
        passage = Dump.objects.get().passages.get(position=60)
        page = read(analyste.get(address("entry", "change", passage.entry_id)))
        assert f"{address('dump', 'change', passage.dump_id)}?page=2#passage-60" in page
        assert 'id="passage-60"' in read(analyste.get(address("dump", "change", passage.dump_id), {"page": 2}))

    @pytest.mark.parametrize("line_end", ["\n", "\r\n"])
    def test_the_file_comes_back_to_the_byte(self, analyste, line_end):
        data = a_dump_file("Un.", "Deux.", line_end=line_end) + "\ufefffin".encode()
        take_dump(data, name="page « é »/1")
        dump = Dump.objects.get()
        response = analyste.get(address("dump", "download", dump.pk))
        body = b"".join(response.streaming_content)
        assert body == data
        assert response["Content-Length"] == str(len(data))
        assert response["Content-Disposition"].startswith("attachment;")
        assert hashlib.sha256(body).hexdigest() in read(analyste.get(address("dump", "change", dump.pk)))

    def test_the_file_is_for_those_who_may_read_it(self, sign_in):
        take_dump(a_dump_file("Un."))
        download = address("dump", "download", Dump.objects.get().pk)
        assert sign_in().get(download).status_code == 403
        assert sign_in("analyste").get(address("dump", "download", 10**6)).status_code == 404

    @pytest.mark.every_database
    @pytest.mark.parametrize("number", ["9" * 40, "x", "²"])
    def test_an_unknown_dump_leads_home(self, analyste, number):
        assert analyste.get(address("dump", "change", number)).url == reverse("admin:index")

    def test_what_a_dump_holds_is_never_markup(self, analyste):
        take_dump(f"<script>alert(1)</script>\n{VOTE_LINE}".encode())
        assert "<script>alert" not in analyste.get(address("dump", "change", Dump.objects.get().pk)).content.decode()


class TestBatches:
    @pytest.mark.every_database
    def test_a_batch_leads_to_its_versions(self, sign_in):
        client = sign_in("relecteur")
        report = change_many(dict.fromkeys([an_entry().pk]), publish_entry, "Publication depuis la liste", client.user)
        page = read(client.get(address("batch", "changelist")))
        assert "Publication depuis la liste" in page
        assert f"{address('version', 'changelist')}?batch={report.batch.pk}" in page
        versions = client.get(address("version", "changelist"), {"batch": report.batch.pk})
        assert versions.context["cl"].result_count == 1
