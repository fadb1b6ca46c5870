"""« Exporter »: every list goes out as its filters leave it, in every format, in the same bytes as from a command."""

import csv
import io
import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import StreamingHttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from faq.admin.table_exports import FORMATS
from faq.domain.spreadsheet import EXCEL_CELL_LENGTH, FrenchExcel
from faq.models import Entry, FailedSearch, SynonymGroup
from faq.services.duplicates import find_duplicates
from faq.services.synonyms import save_synonyms
from faq.services.workflow import archive_entry
from feedback.models import Comment, Standing, Vote, VoteAnswer
from feedback.votes import cast_vote, get_votable
from tests.factories import (
    a_dump_file,
    a_published_entry,
    a_taxonomy,
    an_entry,
    by_command,
    some_published_entries,
    take_dump,
)

pytestmark = pytest.mark.django_db

CSV, XLSX, JSON = "0", "1", "2"
LISTS = (
    "faq_entry",
    "faq_archivedentry",
    "faq_version",
    "faq_dump",
    "faq_offertype",
    "faq_couloir",
    "faq_dispositif",
    "faq_product",
    "faq_theme",
    "faq_synonymgroup",
    "faq_failedsearch",
    "feedback_vote",
)
QUEUES = ("faq_entry_duplicates", "feedback_inbox")


def download(client, page, query="", *, file_format=CSV, headers="french"):
    return client.post(f"{reverse(f'admin:{page}_export')}{query}", {"format": file_format, "headers": headers})


def read_csv(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), FrenchExcel))


def one_of_each():
    a_taxonomy()
    take_dump(a_dump_file("Une seule réponse, longue.", "Une seule réponse, longue !"))
    find_duplicates()
    archive_entry(an_entry("Ancienne ?", "Oui.").pk, by_command())
    entry = a_published_entry("Où ?", "Là.", couloirs="hopital")
    cast_vote(get_votable(entry.pk), VoteAnswer.YES, "visitor")
    moment = entry.updated_at
    Comment.objects.create(
        entry=entry, version=entry.live, visitor_hash="v", text="Pas clair.", first_sent_at=moment, sent_at=moment
    )
    save_synonyms(SynonymGroup(expressions=["dpi", "dossier patient"]), None)
    FailedSearch.objects.create(query="licorne", day="2026-01-02")


@pytest.mark.every_database
@pytest.mark.parametrize("page", LISTS + QUEUES)
def test_who_may_read_a_list_may_export_it(page, sign_in):
    one_of_each()
    client = sign_in("analyste")
    shown = client.get(reverse(f"admin:{page}_export")).content.decode()
    assert "Télécharger" in shown
    assert not {"Submit", "Export", "Format:"} & set(shown.replace("<", " ").replace(">", " ").split())
    for place, known in enumerate(FORMATS):
        response = download(client, page, file_format=str(place))
        assert isinstance(response, StreamingHttpResponse)
        assert response["Content-Disposition"].endswith(f'.{known.name}"')
        assert b"".join(response.streaming_content)
    rows = read_csv(download(client, page))
    assert len(rows) > 1
    assert len({len(row) for row in rows}) == 1


def test_the_list_links_to_its_export_with_its_filters(sign_in):
    a_taxonomy()
    an_entry("Où ?", couloirs="hopital")
    shown = sign_in("analyste").get(reverse("admin:faq_entry_changelist"), {"couloir": "hopital"}).content.decode()
    assert "export/?couloir=hopital" in shown
    assert "Importer un tableau" not in shown


@pytest.mark.every_database
def test_filters_and_search_are_obeyed(sign_in):
    a_taxonomy()
    an_entry("Certificat ?", couloirs="hopital")
    an_entry("Autre ?", couloirs="hopital")
    an_entry("Certificat ailleurs ?", couloirs="imagerie")
    client = sign_in("analyste")
    rows = read_csv(download(client, "faq_entry", "?couloir=hopital&q=CERTIFICAT"))
    assert [row[2] for row in rows] == ["Question", "Certificat ?"]
    page = client.get(reverse("admin:faq_entry_export"), {"couloir": "hopital", "q": "certificat"})
    assert page.context["number"] == 1


@pytest.mark.every_database
def test_votes_that_do_not_count_are_exported_as_they_are_listed(sign_in):
    entry = a_published_entry("Où ?", "Là.")
    for rank, standing in enumerate(Standing.values):
        cast_vote(get_votable(entry.pk), VoteAnswer.YES, f"visitor {rank}")
        Vote.objects.filter(pk=Vote.objects.latest("pk").pk).update(standing=standing)
    client = sign_in("analyste")
    rows = read_csv(download(client, "feedback_vote", headers="stable"))
    assert {row[-1] for row in rows} == {"standing", *Standing.values}
    aside = read_csv(download(client, "feedback_vote", f"?standing__exact={Standing.SET_ASIDE.value}"))
    assert len(aside) == 2


@pytest.mark.every_database
def test_only_the_ticked_rows_where_some_are_ticked(sign_in):
    first, second = an_entry("Une ?"), an_entry("Deux ?")
    client = sign_in("analyste")
    address = reverse("admin:faq_entry_changelist")
    page = client.post(address, {"action": "export_ticked", "_selected_action": [second.pk], "index": 0})
    assert page.context["form"].initial["export_items"] == [str(second.pk)]
    sent = {"format": CSV, "headers": "stable", "export_items": [second.pk]}
    assert [row[0] for row in read_csv(client.post(page.context["export_url"], sent))] == [
        "reference",
        second.reference,
    ]
    sent["export_items"] = [first.pk, "zut"]
    assert client.post(page.context["export_url"], sent).context["form"].errors


@pytest.mark.parametrize("headers", ["french", "stable"])
@pytest.mark.parametrize(("place", "name"), list(enumerate(one.name for one in FORMATS)))
def test_the_command_writes_the_same_bytes(place, name, headers, sign_in, tmp_path):
    a_taxonomy()
    some_published_entries(3, couloirs="hopital")
    sent = download(sign_in("analyste"), "faq_entry", file_format=str(place), headers=headers)
    file = tmp_path / "export"
    call_command("export_entries", "--format", name, "--headers", headers, "--output", str(file), verbosity=0)
    assert file.read_bytes() == b"".join(sent.streaming_content)


def test_the_names_of_the_columns_are_french_or_those_of_before(sign_in):
    an_entry("Où ?")
    client = sign_in("analyste")
    french, stable = (read_csv(download(client, "faq_entry", headers=one))[0] for one in ("french", "stable"))
    assert french[:4] == ["Référence", "État", "Question", "Réponse"]
    assert french[-1] == "Version"
    assert stable[:4] == ["reference", "status", "question", "answer"]
    assert "version" not in stable
    [row] = json.loads(b"".join(download(client, "faq_entry", file_format=JSON).streaming_content))
    assert list(row) == french


@pytest.mark.every_database
def test_what_excel_would_cut_is_told_instead_of_sent(sign_in):
    an_entry("Longue ?", "x" * (EXCEL_CELL_LENGTH + 1))
    response = download(sign_in("analyste"), "faq_entry", file_format=XLSX)
    assert "32\u202f767" in response.content.decode()
    assert not response.has_header("Content-Disposition")


@pytest.mark.every_database
def test_the_first_byte_waits_for_no_row(sign_in):
    some_published_entries(3)
    client = sign_in("analyste")
    with CaptureQueriesContext(connection) as queries:
        response = download(client, "faq_entry")
    assert not [query for query in queries if '"faq_entry"."answer"' in query["sql"]]
    assert len(read_csv(response)) == 4


@pytest.mark.every_database
@pytest.mark.parametrize("number", [2, 30])
def test_queries_do_not_grow_with_the_rows(number, sign_in):
    a_taxonomy()
    some_published_entries(number, couloirs="hopital", themes="certificats")
    client = sign_in("analyste")
    with CaptureQueriesContext(connection) as queries:
        assert len(read_csv(download(client, "faq_entry"))) == number + 1
    assert len(queries) <= 17


@pytest.mark.every_database
def test_an_entry_that_is_not_listed_cannot_be_asked_for(sign_in):
    archived = archive_entry(an_entry("Ancienne ?").pk, by_command()).entry
    client = sign_in("analyste")
    rows = read_csv(
        client.post(
            f"{reverse('admin:faq_entry_export')}?etat=draft",
            {"format": CSV, "headers": "stable", "export_items": [archived.pk]},
        )
    )
    assert len(rows) == 1
    assert Entry.objects.count() == 1
