"""The whole path on the five real dumps: in, titled and filed, published, edited, archived, and out to the byte."""

import csv
import io
import json
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from faq.domain.text import normalise
from faq.models import Dump, Entry
from faq.services.content import Content, content_of
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry, publish_entry
from tests.factories import by_command
from tests.parsed_dumps import parse_dump

DUMPS = Path(os.environ.get("FAQCMS_DUMPS", settings.BASE_DIR.parent / "shared" / "dumps"))
FIXTURES = settings.BASE_DIR / "fixtures"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DUMPS.exists(), reason=f"the real dumps are not at {DUMPS}"),
]


def files():
    return sorted(DUMPS.glob("*.txt"))


def run(*args):
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True)
    call_command(*map(str, args), stdout=out)
    return out.buffer.getvalue()


def assert_all_come_back():
    for file in files():
        assert run("export_dump", file.stem) == file.read_bytes()
    before = Entry.objects.count()
    report = run("import_dump", *files()).decode()
    assert report.count("rien n’a changé") == 5
    assert Entry.objects.count() == before


@pytest.mark.slow
def test_from_dump_to_vote_and_back():
    run("load_taxonomy")
    run("import_dump", *files())
    assert Entry.objects.count() == 92
    assert_all_come_back()

    report = run("import_curation", FIXTURES / "curation_ans.csv").decode()
    assert report.startswith("Fiches titrées et classées : 92, déjà à jour : 0")
    assert run("publish_entries", "--complete").decode() == "Fiches publiées : 92\n"
    assert_all_come_back()

    edited, archived, drafted = Entry.objects.order_by("pk")[:3]
    for entry, publish in ((edited, True), (drafted, False)):
        content = content_of(entry.head)
        edit_entry(entry.pk, Content(content.question, "Un tout autre texte.", content.filing), by_command())
        if publish:
            publish_entry(entry.pk, by_command())
    archive_entry(archived.pk, by_command())
    assert_all_come_back()

    current = parse_dump(run("export_dump", files()[0].stem, "--current")).passages
    original = parse_dump(files()[0].read_bytes()).passages
    assert [place for place in range(20) if current[place].answer != original[place].answer] == [0]
    assert current[0].answer == "Un tout autre texte."

    visitor = Client(headers={"origin": "http://testserver"})
    page = visitor.get(edited.get_absolute_url())
    assert "Un tout autre texte." in page.content.decode()
    assert visitor.post(f"/fiche/{edited.pk}/vote/", {"vote": "oui"}).status_code == 303
    [vote] = csv.DictReader(io.StringIO(run("export_votes", "--format", "csv").decode("utf-8-sig")), delimiter=";")
    assert (vote["reference"], vote["vote"]) == (edited.reference, "oui")


def test_the_admin_takes_them_and_gives_them_back(admin_client):
    uploads = [SimpleUploadedFile(file.name, file.read_bytes()) for file in files()]
    preview = admin_client.post(reverse("admin:faq_dump_import"), {"files": uploads}, follow=True)
    assert sum(preview.context["totals"]) == preview.context["total"] == 100
    [(address, _)] = preview.redirect_chain
    admin_client.post(address, {"do": "confirm"})
    assert Entry.objects.count() == 92
    for dump in Dump.objects.all():
        response = admin_client.get(reverse("admin:faq_dump_download", args=(dump.pk,)))
        assert b"".join(response.streaming_content) == (DUMPS / f"{dump.name}.txt").read_bytes()
    assert_all_come_back()


def test_the_export_says_where_each_answer_comes_from():
    run("load_taxonomy")
    run("import_dump", *files())
    rows = json.loads(run("export_entries", "--format", "json"))
    sources = {source: row for row in rows if row["sources"] for source in row["sources"].split(" | ")}
    assert len(sources) == 100
    for file in files():
        for position, passage in enumerate(parse_dump(file.read_bytes()).passages, start=1):
            row = sources[f"{file.stem}#{position}"]
            assert normalise(row["answer"]) == normalise(passage.answer)
