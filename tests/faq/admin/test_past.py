"""« La FAQ au … » in the admin: the state of then, and what became of it."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from faq.enums import Action
from faq.models import Couloir, Epoch
from faq.services.content import Content
from faq.services.entries import create_entries, edit_entry
from faq.services.workflow import archive_entry, withdraw_entry
from tests.factories import a_filing, a_taxonomy, by_command

PAGE, FILE = "/admin/faq/publication/past/", "/admin/faq/publication/past/json/"
NOON = timezone.make_aware(timezone.datetime(2026, 3, 12, 12, 0))
THAT_DAY = {"date": "2026-03-12"}


@pytest.fixture(autouse=True)
def _taxonomy(db):
    a_taxonomy()


def published_at_noon(number, **slugs):
    contents = [Content(f"Question {rank} ?", f"- Réponse {rank}", a_filing(**slugs)) for rank in range(1, number + 1)]
    outcomes = create_entries(contents, by_command(at=NOON), then=Action.PUBLISHED)
    return [outcome.entry for outcome in outcomes]


@pytest.fixture
def entries():
    """Four answers of that day: since changed, withdrawn, archived, and one that is as it was."""
    changed, withdrawn, archived, same = published_at_noon(4, couloirs="hopital")
    since = by_command(at=NOON + timedelta(days=1))
    edit_entry(changed.pk, Content("Nouvelle ?", "Autre.", a_filing()), since, then=Action.PUBLISHED)
    withdraw_entry(withdrawn.pk, since)
    archive_entry(archived.pk, since)
    edit_entry(same.pk, Content("Brouillon ?", "Autre.", a_filing()), since)
    return changed, withdrawn, archived, same


def html(client, **query):
    response = client.get(PAGE, query)
    assert response.status_code == 200
    return re.sub("[ \n]+", " ", response.content.decode())


def articles(client, **query):
    return [part.split("</article>")[0] for part in html(client, **query).split("<article")[1:]]


def test_the_menu_finds_it():
    assert (reverse("admin:faq_past"), reverse("admin:faq_past_json")) == (PAGE, FILE)


def test_shows_what_the_public_read_and_what_became_of_it(redacteur, entries):
    changed, withdrawn, archived, same = shown = articles(redacteur, **THAT_DAY)
    for rank, article in enumerate(shown, start=1):
        assert f"Question {rank} ?" in article
        assert f"<li>Réponse {rank}</li>" in article
        assert "en ligne depuis le 12\u00a0mars 2026 à 12\u00a0h" in article
        assert "<dd>Hôpital</dd>" in article
        assert (
            f'href="{reverse("admin:faq_version_change", args=(entries[rank - 1].versions.get(number=1).pk,))}"'
            in article
        )
    assert "changée depuis" in changed
    assert f'href="/admin/faq/entry/{entries[0].pk}/compare/?from=1&amp;to=2"' in changed
    assert "retirée depuis" in withdrawn
    assert "archivée depuis" in archived
    assert "depuis</strong>" not in same
    assert [article.count("compare") for article in shown] == [1, 0, 0, 0]


@pytest.mark.every_database
def test_the_comparison_opens(redacteur, entries):
    address = f"/admin/faq/entry/{entries[0].pk}/compare/?from=1&to=2"
    assert redacteur.get(address).status_code == 200


@pytest.mark.every_database
def test_an_hour_and_filters_narrow(redacteur, entries):
    Couloir.objects.filter(slug="imagerie").update(slug="images", old_slugs=["imagerie"])
    Epoch.move()
    assert len(articles(redacteur, **THAT_DAY, heure="11:59")) == 0
    assert len(articles(redacteur, **THAT_DAY, heure="12:00")) == 4
    assert len(articles(redacteur, **THAT_DAY, offre="segur", couloir="hopital")) == 4
    assert len(articles(redacteur, **THAT_DAY, fiche=entries[1].reference)) == 1
    page = html(redacteur, **THAT_DAY, couloir="imagerie")
    assert '<option value="images" selected>' in page
    assert "0 fiche en ligne" in page
    assert "le public ne lisait rien qui réponde à ces critères" in page


def test_asks_first(redacteur, entries):
    page = html(redacteur)
    assert "Choisissez un jour" in page
    assert "errorlist" not in page
    assert "<article" not in page


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"date": ""}, "Ce champ est obligatoire."),
        ({"date": "hier"}, "« hier » n’est pas une date."),
        ({"date": "2999-01-01"}, "est dans l’avenir"),
        ({"date": "2026-03-12", "heure": "25:00"}, "n’est pas une date"),
        ({"date": "2026-03-12", "couloir": "hopitl"}, "Au plus près : hopital."),
        ({"date": "2026-03-12", "offre": "certification", "couloir": "hopital"}, "ne relève pas de « Certification »"),
        ({"date": "2026-03-12", "fiche": "Q-999"}, "Aucune fiche « Q-999 »"),
    ],
)
def test_says_what_cannot_be_shown(redacteur, query, reason):
    page = html(redacteur, **query)
    assert "<title>Erreur : " in page
    assert reason in page
    assert "Télécharger" not in page
    response = redacteur.get(FILE, query, follow=True)
    assert response.redirect_chain[0][1] == 302
    assert reason in response.content.decode()


def test_the_file_is_that_of_the_command(analyste, entries, capsysbinary):
    page = html(analyste, **THAT_DAY, couloir="hopital", page="1")
    assert f'href="{FILE}?date=2026-03-12&amp;couloir=hopital"' in page
    response = analyste.get(FILE, {**THAT_DAY, "couloir": "hopital"})
    assert response["Content-Disposition"] == 'attachment; filename="faq-2026-03-12-23h59.json"'
    call_command("faq_at", "2026-03-12", "--couloir", "hopital")
    assert response.getvalue() == capsysbinary.readouterr().out


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_is_for_those_who_may_read_publications(sign_in, client, address):
    assert sign_in().get(address, THAT_DAY).status_code == 403
    assert client.get(address, THAT_DAY).status_code == 302


def test_pages_keep_the_filters(redacteur):
    published_at_noon(23, couloirs="hopital")
    first = html(redacteur, **THAT_DAY, couloir="hopital")
    assert "23 fiches en ligne" in first
    assert 'href="?date=2026-03-12&amp;couloir=hopital&amp;page=2"' in first
    assert len(articles(redacteur, **THAT_DAY, couloir="hopital", page="2")) == 3


@pytest.mark.every_database
def test_the_number_of_queries_depends_on_nothing(redacteur):
    counts = []
    for number in (1, 24):
        published_at_noon(number, couloirs="hopital")
        with CaptureQueriesContext(connection) as queries:
            html(redacteur, **THAT_DAY, couloir="hopital")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_entry_leads_to_its_past_and_its_reference_is_typed_already(analyste, entries):
    entry = entries[0]
    address = f"{PAGE}?fiche={entry.reference}"
    assert f'href="{address}"' in analyste.get(reverse("admin:faq_entry_change", args=(entry.pk,))).content.decode()
    page = analyste.get(address).content.decode()
    assert f'name="fiche" value="{entry.reference}"' in page
    assert "errorlist" not in page
