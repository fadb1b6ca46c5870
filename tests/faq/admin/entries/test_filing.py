"""« Classer… »: one change to the filing of many entries, shown first, refused where it cannot be, undone as one."""

import html
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from faq.domain import limits
from faq.domain.filing_changes import FilingChange
from faq.enums import EntryStatus
from faq.models import Batch, Version
from faq.services.content import content_of
from faq.services.entries import edit_entry
from faq.services.filing import file_entries
from faq.services.workflow import archive_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command, some_published_entries
from tests.faq.admin import entry_form
from tests.faq.admin.entry_form import head_of

LIST = reverse("admin:faq_entry_changelist")
FILING = reverse("admin:faq_entry_filing")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy(db):
    a_taxonomy()


def read(response):
    """The page as text, with plain spaces."""
    return entry_form.read(response).replace("\u00a0", " ")


def keys(**slugs):
    """The keys of terms, by facet and slug: `keys(couloirs="hopital")`."""
    return [f"{facet}-{id}" for facet, ids in a_filing(**slugs).items() for id in ids]


def sent(*entries, add=(), remove=(), replace=(), **data):
    bases = " ".join(f"{entry.pk}.{head_of(entry).number}" for entry in entries)
    return {
        "bases": bases,
        "add": add,
        "add-shown": "1",
        "remove": remove,
        "remove-shown": "1",
        "replace": replace,
        **data,
    }


def preview(client, *entries, **change):
    return client.post(FILING, sent(*entries, **change) | {"_preview": "1"})


def apply(client, *entries, address=FILING, **change):
    """Look at the preview and confirm what it showed."""
    data = sent(*entries, **change)
    page = client.post(address, data | {"_preview": "1"}).content.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen, html.unescape(page)
    return client.post(address, data | {"_save": "1", "seen": html.unescape(seen[1])}, follow=True)


def filed(entry):
    filing = head_of(entry).filing
    return {facet: [term["slug"] for term in terms] for facet, terms in filing.items() if terms}


class TestWhichEntries:
    def choose(self, client, *entries, query="", **data):
        data = {"action": "file", "_selected_action": [entry.pk for entry in entries], **data}
        return client.post(f"{LIST}{query}", data)

    @pytest.mark.every_database
    def test_the_ticked_ones(self, redacteur):
        first, second, other = an_entry("Un ?"), an_entry("Deux ?"), an_entry("Autre ?")
        response = self.choose(redacteur, first, second, query="?etat=draft")
        assert response.url == f"{FILING}?etat=draft&fiche={first.pk}&fiche={second.pk}"
        page = read(redacteur.get(response.url))
        assert "2 fiches à classer" in page
        assert first.reference in page
        assert f"{other.reference}</a>" not in page
        assert f'value="{first.pk}.1 {second.pk}.1"' in page

    @pytest.mark.every_database
    def test_all_that_the_filters_let_through(self, redacteur):
        hospital = [an_entry("Un ?", couloirs="hopital"), an_entry("Deux ?", couloirs="hopital")]
        an_entry("Autre ?", couloirs="imagerie")
        response = self.choose(redacteur, hospital[0], query="?couloir=hopital&q=un", select_across="1")
        assert response.url == f"{FILING}?couloir=hopital&q=un&tout=1"
        assert "1 fiche à classer" in read(redacteur.get(response.url))
        assert "2 fiches à classer" in read(redacteur.get(f"{FILING}?couloir=hopital&tout=1"))

    @pytest.mark.every_database
    def test_none_or_too_many_lead_back_to_the_list(self, redacteur, monkeypatch):
        entries = [an_entry(f"{rank} ?") for rank in range(3)]
        assert "Cochez les fiches" in read(redacteur.get(f"{FILING}?couloir=hopital", follow=True))
        monkeypatch.setattr("faq.admin.entries.filing.FILED_AT_ONCE_MAX", 2)
        assert "2 au plus à la fois" in read(redacteur.get(f"{FILING}?tout=1", follow=True))
        response = preview(redacteur, *entries, add=keys(themes="certificats"))
        assert response.status_code == 302

    @pytest.mark.parametrize(
        "query", ["?fiche=x", "?fiche=99999999999999999999", "?fiche=4000&fiche=-1", "?tout=1&etat=9"]
    )
    def test_an_address_that_means_nothing_breaks_nothing(self, redacteur, query):
        assert redacteur.get(f"{FILING}{query}", follow=True).status_code == 200

    @pytest.mark.parametrize("bases", ["", "x", "1.1 2", "9999999999999.1", "1.x"])
    def test_a_form_without_readable_entries_changes_nothing(self, redacteur, bases):
        response = redacteur.post(FILING, sent(add=keys(themes="certificats")) | {"bases": bases}, follow=True)
        assert response.status_code == 200
        assert not Batch.objects.exists()

    def test_whoever_may_not_write_gets_nowhere(self, analyste):
        entry = an_entry()
        assert analyste.get(f"{FILING}?fiche={entry.pk}").status_code == 403
        assert preview(analyste, entry, add=keys(themes="certificats")).status_code == 403


class TestChanges:
    def test_the_preview_shows_each_entry_and_stores_nothing(self, redacteur):
        first, second = an_entry("Un ?", themes="certificats"), an_entry("Deux ?", dispositifs="dpi-vague-1")
        page = read(
            preview(redacteur, first, second, add=keys(dispositifs="dpi-vague-1"), remove=keys(themes="certificats"))
        )
        assert "1 fiche change, 1 est déjà classée ainsi" in page
        for step in ("+ DPI vague 1", "+ Hôpital", "+ Ségur du numérique", "− certificats"):
            assert step in page
        assert "couloir Ségur, implicite" in page
        assert Version.objects.count() == 2
        assert not Batch.objects.exists()

    def test_it_is_applied_as_one_batch_that_can_be_undone_from_its_message(self, relecteur):
        first, second = an_entry("Un ?"), an_entry("Deux ?", themes="certificats")
        response = apply(relecteur, first, second, add=keys(dispositifs="dpi-vague-1"), address=f"{FILING}?etat=draft")
        batch = Batch.objects.get()
        assert batch.versions.count() == 2
        assert response.redirect_chain[-1][0] == f"{LIST}?etat=draft"
        page = read(response)
        assert f"Classement depuis la liste : 2 fiches ({first.reference}, {second.reference})" in strip_tags(page)
        assert f'<a href="{reverse("admin:faq_batch_undo", args=(batch.pk,))}">Annuler</a>' in page
        expected = {"offer_types": ["segur"], "couloirs": ["hopital"], "dispositifs": ["dpi-vague-1"]}
        assert filed(first) == expected
        assert filed(second) == expected | {"themes": ["certificats"]}
        relecteur.post(reverse("admin:faq_batch_undo", args=(batch.pk,)))
        assert filed(first) == {}
        assert filed(second) == {"themes": ["certificats"]}

    def test_who_filed_may_undo_it(self, redacteur):
        entry = an_entry()
        page = read(apply(redacteur, entry, add=keys(themes="certificats")))
        undo = reverse("admin:faq_batch_undo", args=(Batch.objects.get().pk,))
        assert f'<a href="{undo}">Annuler</a>' in page
        redacteur.post(undo)
        assert filed(entry) == {}

    def test_removing_and_replacing(self, redacteur):
        entry = an_entry(dispositifs="dpi-vague-1", themes="certificats")
        apply(redacteur, entry, remove=keys(dispositifs="dpi-vague-1"))
        assert filed(entry) == {"themes": ["certificats"]}
        apply(redacteur, entry, add=keys(themes="financement"), replace=["themes"])
        assert filed(entry) == {"themes": ["financement"]}
        apply(redacteur, entry, replace=["themes"])
        assert filed(entry) == {}

    def test_a_contradiction_is_refused_with_its_reason_and_stops_no_other(self, redacteur):
        free, imaging = an_entry("Un ?"), an_entry("Deux ?", couloirs="imagerie")
        page = read(preview(redacteur, free, imaging, add=keys(dispositifs="dpi-vague-1")))
        assert f"Fiche {imaging.reference} : « DPI vague 1 » relève de « Hôpital »" in page
        assert "1 fiche change, 1 est refusée" in page
        apply(redacteur, free, imaging, add=keys(dispositifs="dpi-vague-1"))
        assert filed(free)["dispositifs"] == ["dpi-vague-1"]
        assert imaging.versions.count() == 1

    def test_what_was_saved_or_archived_since_is_refused(self, redacteur):
        entry, archived = an_entry("Un ?"), an_entry("Deux ?")
        data = sent(entry, archived, add=keys(themes="certificats"), _preview="1")
        before = content_of(head_of(entry))
        edit_entry(entry.pk, type(before)("Autrement ?", before.answer), by_command())
        archive_entry(archived.pk, by_command())
        page = read(redacteur.post(FILING, data))
        assert f"La fiche {entry.reference} a été modifiée entre-temps (version 2)" in page
        assert f"La fiche {archived.reference} est archivée" in page
        assert "Aucune fiche ne change, 2 sont refusées" in page
        assert 'name="_save"' not in page

    def test_another_change_than_the_one_shown_is_shown_first(self, redacteur):
        entry = an_entry()
        data = sent(entry, add=keys(themes="certificats"), _save="1", seen="+themes-0")
        assert "Rien n’est encore enregistré" in read(redacteur.post(FILING, data))
        assert entry.versions.count() == 1

    @pytest.mark.every_database
    def test_a_live_entry_gets_a_draft_beside_it(self, redacteur):
        entry = a_published_entry()
        assert "1 est en ligne" in read(redacteur.get(f"{FILING}?fiche={entry.pk}"))
        apply(redacteur, entry, add=keys(themes="certificats"))
        entry.refresh_from_db()
        assert (entry.status, entry.has_draft) == (EntryStatus.PUBLISHED, True)
        assert not entry.themes.exists()

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({}, "Choisissez au moins un terme"),
            ({"add": ["themes-999"]}, "n’est plus proposé"),
            ({"add": ["x"]}, "n’est plus proposé"),
            ({"remove": ["themes-999"]}, "Aucune de ces fiches n’est classée sous un terme à retirer"),
            ({"replace": ["question"]}, "Remplacer"),
        ],
    )
    def test_what_cannot_be_meant_is_explained(self, redacteur, change, reason):
        assert reason in read(preview(redacteur, an_entry(), **change))

    def test_adding_and_removing_one_term_is_refused(self, redacteur):
        entry = an_entry(themes="certificats")
        theme = keys(themes="certificats")
        assert "À la fois à ajouter et à retirer" in read(preview(redacteur, entry, add=theme, remove=theme))


@pytest.mark.every_database
def test_queries_do_not_depend_on_the_number_of_entries(redacteur):
    entries = some_published_entries(2, themes="certificats")

    def queries(entries):
        counts = []
        data = sent(*entries, add=keys(dispositifs="dpi-vague-1"))
        for send in (
            lambda: redacteur.get(f"{FILING}?tout=1"),
            lambda: redacteur.post(FILING, data | {"_preview": "1"}),
        ):
            with CaptureQueriesContext(connection) as captured:
                assert send().status_code == 200
            counts.append(len(captured))
        return counts

    few = queries(entries)
    assert queries([*entries, *some_published_entries(60, themes="financement")]) == few
    assert max(few) <= 40
    assert limits.FILED_AT_ONCE_MAX >= 1_000


def test_the_service_checks_the_right(sign_in):
    entry = an_entry()
    with pytest.raises(PermissionDenied):
        file_entries({entry.pk: 1}, FilingChange(a_filing(themes="certificats"), a_filing()), sign_in("analyste").user)
