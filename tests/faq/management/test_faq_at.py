"""manage.py faq_at: the state of then and nothing else, or a clear refusal and nothing at all."""

import json
import re
import tracemalloc
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from faq.enums import Action, EntryStatus, Origin
from faq.models import Couloir, Entry, Epoch, Publication, Theme, Version
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry, publish_entry
from tests.factories import a_filing, a_taxonomy, an_entry, by_command

pytestmark = pytest.mark.django_db

NOON = timezone.make_aware(timezone.datetime(2026, 3, 12, 12, 0))


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


@pytest.fixture
def history():
    """Two answers of the 12th of March, of which one was changed and one archived the day after."""
    changed = an_entry(
        "Quels délais ?", "Trente <jours>.\n- puis dix", couloirs="hopital", themes="certificats", at=NOON
    )
    archived = an_entry("Pour tous ?", "Oui.", at=NOON)
    for entry in (changed, archived):
        publish_entry(entry.pk, by_command(at=NOON))
    tomorrow = by_command(at=NOON + timedelta(days=1))
    edit_entry(changed.pk, Content("Secret ?", "Soixante.", a_filing()), tomorrow, then=Action.PUBLISHED)
    archive_entry(archived.pk, tomorrow)
    return changed, archived


def faq_at(capsysbinary, *arguments, **options):
    call_command("faq_at", *arguments, **options)
    return capsysbinary.readouterr()


def told(capsysbinary, *arguments):
    return json.loads(faq_at(capsysbinary, *arguments).out)


def refused(*arguments):
    with pytest.raises(CommandError) as refusal:
        call_command("faq_at", *arguments)
    assert refusal.value.returncode == 1
    return str(refusal.value)


def references(state):
    return [entry["reference"] for entry in state["entries"]]


def test_json_tells_what_the_public_read(capsysbinary, history):
    changed, archived = history
    state = told(capsysbinary, "2026-03-12")
    assert state["instant"] == "2026-03-12T23:59:59.999999+01:00"
    assert state["count"] == 2
    assert references(state) == [changed.reference, archived.reference]
    hospital, theme = Couloir.objects.get(slug="hopital"), Theme.objects.get(slug="certificats")
    assert state["entries"][0] == {
        "reference": changed.reference,
        "version": 2,
        "question": "Quels délais ?",
        "answer": "Trente <jours>.\n- puis dix",
        "filing": {
            "offer_types": [{"id": hospital.offer_type_id, "slug": "segur", "label": "Ségur du numérique"}],
            "couloirs": [{"id": hospital.pk, "slug": "hopital", "label": "Hôpital"}],
            "dispositifs": [],
            "products": [],
            "themes": [{"id": theme.pk, "slug": "certificats", "label": "certificats"}],
        },
        "live_from": "2026-03-12T12:00:00+01:00",
        "address": f"/fiche/{changed.pk}-quels-delais/",
    }


@pytest.mark.parametrize(
    ("date", "count"),
    [
        ("2026-03-11", 0),
        ("2026-03-12T11:59:59", 0),
        ("2026-03-12T12:00", 2),
        ("2026-03-12T11:00Z", 2),
        ("2026-03-13", 1),
        (f"{timezone.localdate()}", 1),
    ],
)
def test_every_instant_has_its_state(capsysbinary, history, date, count):
    assert told(capsysbinary, date)["count"] == count


def test_filters_narrow_as_the_public_ones_do(capsysbinary, history):
    changed, archived = history
    Couloir.objects.filter(slug="imagerie").update(slug="images", old_slugs=["imagerie"])
    Epoch.move()
    assert references(told(capsysbinary, "2026-03-12", "--couloir", "imagerie")) == [archived.reference]
    assert references(told(capsysbinary, "2026-03-12", "--offre", "segur", "--theme", "certificats")) == [
        changed.reference,
        archived.reference,
    ]
    assert told(capsysbinary, "2026-03-12", "--couloir", "imagerie")["filter"]["couloirs"]["slug"] == "images"


def test_one_entry(capsysbinary, history):
    changed, archived = history
    one = told(capsysbinary, "2026-03-12", "--entry", f"q{archived.pk}")
    assert (references(one), one["filter"]["entry"]) == ([archived.reference], archived.reference)
    assert told(capsysbinary, "2026-03-12", "--entry", changed.reference, "--couloir", "imagerie")["count"] == 0
    assert told(capsysbinary, "2026-03-13", "--entry", archived.reference)["count"] == 0


def test_html_is_one_page_that_needs_nothing_else(capsysbinary, history):
    page = faq_at(capsysbinary, "2026-03-12", "--couloir", "hopital", "--format", "html").out.decode()
    assert page.startswith('<!DOCTYPE html>\n<html lang="fr">')
    assert "<title>La FAQ au 12\u00a0mars 2026 à 23\u00a0h\u00a059, Hôpital</title>" in page
    assert "2\u00a0réponses" in page
    assert "<p>Trente &lt;jours&gt;.</p>\n<ul>\n<li>puis dix</li>" in page
    assert [text for text in ("Secret", "Soixante") if text in page] == []
    assert page.count("<article>") == page.count("</article>") == 2
    assert not re.search(r"<link|<script|<img|src=|@import|url\(", page)
    assert page.endswith("</html>\n")


def test_html_of_nothing(capsysbinary):
    page = faq_at(capsysbinary, "2026-03-12", "--format", "html").out.decode()
    assert "0\u00a0réponse" in page
    assert "<article>" not in page


@pytest.mark.parametrize("file_format", ["json", "html"])
def test_a_file_holds_what_standard_output_would(capsysbinary, history, tmp_path, file_format):
    path = tmp_path / "faq"
    written = faq_at(capsysbinary, "2026-03-12", "--format", file_format, "--output", str(path))
    assert written.out == b""
    assert written.err.decode() == f"2 fiches écrites dans « {path} ».\n"
    assert path.read_bytes() == faq_at(capsysbinary, "2026-03-12", "--format", file_format).out


def test_refusals_name_what_to_do(history, tmp_path):
    path = tmp_path / "faq.json"
    arguments = ("--output", str(path))
    assert "n’est pas une date" in refused("hier", *arguments)
    assert "dans l’avenir" in refused("2999-01-01", *arguments)
    assert refused("2026-03-12", "--couloir", "hopitl", *arguments) == (
        "--couloir : « hopitl » est inconnu (couloir Ségur). Au plus près : hopital."
    )
    assert "ne relève pas de" in refused("2026-03-12", "--offre", "certification", "--couloir", "hopital")
    assert refused("2026-03-12", "--entry", "Q-999").startswith("Aucune fiche « Q-999 »")
    assert refused("2026-03-12", "--entry", "x").startswith("Aucune fiche « x »")
    assert refused("2026-03-12", "--format", "pdf") == "Format inconnu : « pdf ». Choisissez json ou html."
    assert "impossible d’écrire" in refused("2026-03-12", "--output", str(path / "x"))
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_number_of_entries(tmp_path):
    peaks = []
    for number in (250, 500):
        long_answers(number)
        tracemalloc.start()
        call_command("faq_at", "2026-03-12", "--output", str(tmp_path / "faq"), verbosity=0)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


def long_answers(number):
    """Publish entries as fast as tables can be filled."""
    answer = "x" * 10_000
    entries = Entry.objects.bulk_create(Entry(created_at=NOON, updated_at=NOON) for _ in range(number))
    of_then = {"status": EntryStatus.PUBLISHED, "action": Action.PUBLISHED, "origin": Origin.COMMAND}
    versions = Version.objects.bulk_create(
        Version(entry=entry, number=1, question="Et ?", answer=answer, created_at=NOON, **of_then) for entry in entries
    )
    Publication.objects.bulk_create(
        Publication(entry_id=version.entry_id, version=version, live_from=NOON) for version in versions
    )
