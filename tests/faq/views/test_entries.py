"""Permanent addresses: the right page, the right redirect, the right absence."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.timezone import localtime

from faq.domain.text.dates import format_day
from faq.models import Couloir, Dispositif, Entry, Epoch
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.merging import add_see_also
from faq.services.verifications import check_entry, take_back_check
from faq.services.workflow import archive_entry, publish_entry, restore_entry, submit_entry, withdraw_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command, some_published_entries
from tests.faq.views.reading import read
from tests.histories import merge

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


@pytest.fixture
def entry():
    return a_published_entry(
        "Quels délais à l’hôpital ?", "Trente jours.\n- puis dix", dispositifs="dpi-vague-1", products="convergence"
    )


def moves(client, address, target):
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (301, target)
    return response


def test_shows_the_answer_and_where_it_belongs(client, entry):
    page = read(client, entry.get_absolute_url())
    assert "<h1>Quels délais à l’hôpital\u00a0?</h1>" in page.html
    assert "<ul>\n<li>puis dix</li>" in page.html
    assert f"Fiche Q-{entry.pk}, mise à jour le" in " ".join(page.text.split())
    assert page.canonical == f"http://testserver{entry.get_absolute_url()}"
    assert '<meta name="description" content="Trente jours. puis dix">' in page.html
    assert page.links["/?offre=segur"] == "Ségur du numériqueSégur du numérique"
    assert page.links["/?offre=segur&couloir=hopital"] == "HôpitalHôpital"
    assert page.links["/?produit=convergence"] == "Convergence"
    branch = "/?offre=segur&couloir=hopital&dispositif=dpi-vague-1"
    assert page.links[branch] == "DPI vague 1DPI vague 1Retour à «\u00a0DPI vague 1\u00a0»"


@pytest.mark.every_database
def test_tells_of_a_check_that_came_after_the_publication(client, entry):
    address = entry.get_absolute_url()
    here = f"/?offre=segur&couloir=hopital#fiche-{entry.pk}"
    assert "vérifiée le" not in read(client, address).text
    Entry.objects.filter(pk=entry.pk).update(updated_at=timezone.now() - timezone.timedelta(40))
    assert "vérifiée le" not in read(client, address).text
    in_list = client.get(here).content
    at = timezone.now() - timezone.timedelta(3)
    check = check_entry(entry.pk, None, seen=2, at=at)
    told = " ".join(f"vérifiée le {format_day(localtime(at))}".split())
    assert told in " ".join(read(client, address).text.split())
    # Lists do not grow.
    assert len(client.get(here).content) == len(in_list)
    take_back_check(check, None)
    assert told not in " ".join(read(client, address).text.split())


def test_every_link_into_the_cascade_leads_to_the_answer(client, entry):
    page = read(client, entry.get_absolute_url())
    for link in page.links:
        if link.startswith("/?"):
            assert entry.pk in read(client, link).numbers, link


def test_an_answer_with_several_places_goes_back_to_the_one_above(client):
    a_published_entry()
    entry = a_published_entry("Pour deux ?", couloirs="hopital imagerie")
    page = read(client, entry.get_absolute_url())
    assert page.links["/?offre=segur"].endswith("Retour à «\u00a0Ségur du numérique\u00a0»")
    transverse = a_published_entry("Pour tous ?")
    page = read(client, transverse.get_absolute_url())
    assert "Retour à toute la FAQ" in page.links["/"]
    assert "(3\u00a0réponses)" in page.text


def test_a_retired_term_is_named_but_leads_nowhere(client, entry):
    Dispositif.objects.filter(slug="dpi-vague-1").update(retired=True)
    Epoch.move()
    page = read(client, entry.get_absolute_url())
    assert "DPI vague 1" in page.text
    assert not [link for link in page.links if "dispositif" in link]


@pytest.mark.parametrize(
    "address", ["/fiche/{}/", "/fiche/{}-autre-titre/", "/fiche/{}-é/", "/fiche/0{}/", "/Q-{}", "/q{}/", "/Q{}"]
)
def test_the_number_decides(client, entry, address):
    response = moves(client, address.format(entry.pk), entry.get_absolute_url())
    assert "no-cache" in response["Cache-Control"]


def test_a_missing_slash_is_forgiven(client, entry):
    response = client.get(f"/fiche/{entry.pk}-titre", follow=True)
    assert response.redirect_chain[-1] == (entry.get_absolute_url(), 301)


@pytest.mark.parametrize(
    "address",
    ["/fiche/999/", "/Q-999", f"/fiche/{'9' * 30}/", f"/fiche/{'9' * 5000}-x/", "/fiche/-1/", "/fiche/x/", "/Q-"],
)
def test_an_unknown_number_is_not_found(client, address):
    response = client.get(address)
    assert response.status_code == 404
    assert "Page introuvable" in response.content.decode()


class TestWhatIsNotLive:
    @pytest.fixture
    def draft(self):
        return an_entry("Titre secret ?", "Texte secret.")

    def answer(self, client, entry):
        statuses = set()
        for address in (f"/fiche/{entry.pk}/", f"/fiche/{entry.pk}-titre-secret/", f"/Q-{entry.pk}"):
            response = client.get(address)
            assert "secret" not in response.content.decode().replace("titre-secret", "")
            assert response.get("Location") is None
            statuses.add(response.status_code)
        [status] = statuses
        return status, response.content.decode()

    def test_a_draft_is_not_found(self, client, draft):
        status, page = self.answer(client, draft)
        assert (status, "Page introuvable" in page) == (404, True)

    def test_nor_one_in_review(self, client, draft):
        submit_entry(draft.pk, by_command())
        assert self.answer(client, draft)[0] == 404

    def test_a_withdrawn_one_is_not_found_for_now_and_that_is_said(self, client, draft):
        publish_entry(draft.pk, by_command())
        withdraw_entry(draft.pk, by_command())
        status, page = self.answer(client, draft)
        assert (status, "n’est pas en ligne en ce moment" in page) == (404, True)

    def test_what_is_absent_is_asked_for_again(self, client, draft):
        """A returning entry must not be hidden by a cached answer."""
        publish_entry(draft.pk, by_command())
        for leave, status in ((withdraw_entry, 404), (archive_entry, 410)):
            leave(draft.pk, by_command())
            for address in (f"/fiche/{draft.pk}/", f"/Q-{draft.pk}"):
                response = client.get(address)
                assert (response.status_code, response["Cache-Control"]) == (status, "public, no-cache")
                assert "Location" not in response

    def test_an_archived_one_is_gone_and_that_is_said(self, client, draft):
        publish_entry(draft.pk, by_command())
        archive_entry(draft.pk, by_command())
        status, page = self.answer(client, draft)
        assert (status, "Cette réponse n’est plus dans la FAQ" in page) == (410, True)

    def test_the_page_of_one_that_is_gone_leads_on(self, client, draft):
        archive_entry(draft.pk, by_command())
        page = read(client, f"/fiche/{draft.pk}/", status=410)
        assert "Une autre réponse la remplace peut-être" in page.text
        assert "Voir toutes les réponses" in page.links["/"]

    def test_one_that_was_archived_before_the_public_read_it_is_gone_too(self, client, draft):
        archive_entry(draft.pk, by_command())
        assert self.answer(client, draft)[0] == 410

    def test_what_comes_back_answers_again(self, client, draft):
        for leave in (withdraw_entry, archive_entry):
            publish_entry(draft.pk, by_command())
            leave(draft.pk, by_command())
        restore_entry(draft.pk, by_command())
        assert publish_entry(draft.pk, by_command()).changed
        moves(client, f"/Q-{draft.pk}", f"/fiche/{draft.pk}-titre-secret/")
        assert client.get(f"/fiche/{draft.pk}-titre-secret/").status_code == 200

    def test_a_restored_one_is_a_withdrawn_one(self, client, draft):
        publish_entry(draft.pk, by_command())
        archive_entry(draft.pk, by_command())
        restore_entry(draft.pk, by_command())
        assert self.answer(client, draft)[0] == 404

    def test_a_draft_beside_the_live_text_changes_nothing(self, client, entry):
        before = client.get(entry.get_absolute_url()).content
        edit_entry(entry.pk, Content("Secret ?", "Secret.", a_filing(themes="certificats")), by_command())
        assert client.get(entry.get_absolute_url()).content == before


class TestMergedEntries:
    def test_lead_to_the_survivor_to_the_end_of_the_chain(self, client):
        first, second, third = some_published_entries(3)
        merge(first, second)
        moves(client, f"/fiche/{first.pk}/", second.get_absolute_url())
        merge(second, third)
        moves(client, f"/fiche/{first.pk}-titre/", third.get_absolute_url())
        moves(client, f"/Q-{first.pk}", third.get_absolute_url())

    def test_are_gone_with_their_survivor(self, client):
        first, second = some_published_entries(2)
        merge(first, second)
        archive_entry(second.pk, by_command())
        assert client.get(f"/fiche/{first.pk}/").status_code == 410

    def test_may_come_back_with_a_survivor_that_was_withdrawn(self, client):
        first, second = some_published_entries(2)
        merge(first, second)
        withdraw_entry(second.pk, by_command())
        response = client.get(f"/fiche/{first.pk}/")
        assert (response.status_code, "n’est pas en ligne en ce moment" in response.content.decode()) == (404, True)
        publish_entry(second.pk, by_command())
        moves(client, f"/fiche/{first.pk}/", second.get_absolute_url())

    def test_do_not_show_a_survivor_that_is_a_draft(self, client):
        [first], draft = some_published_entries(1), an_entry("Titre secret ?")
        merge(first, draft)
        response = client.get(f"/fiche/{first.pk}/")
        assert response.status_code == 410
        assert "Location" not in response

    def test_a_circle_ends(self, client):
        first, second = some_published_entries(2)
        merge(first, second)
        merge(second, first)
        assert client.get(f"/fiche/{first.pk}/").status_code == 410


@pytest.mark.every_database
@pytest.mark.parametrize("others", [0, 30])
def test_the_number_of_queries_depends_on_nothing(client, entry, others):
    segur = entry.offer_types.get()
    for number in range(others):
        add_see_also(entry.pk, a_published_entry(f"Aussi {number} ?").pk, None)
        couloir = Couloir.objects.create(slug=f"c{number}", label=f"C{number}", offer_type=segur)
        Epoch.move()
        a_published_entry(f"Et {number} ?", f"Oui {number}.", couloirs=couloir.slug)
    client.get("/?q=oui")
    with CaptureQueriesContext(connection) as queries:
        client.get(entry.get_absolute_url())
    assert len(queries) == 4


def test_the_page_is_the_same_for_everybody(client, entry):
    response = client.get(entry.get_absolute_url())
    assert not response.cookies
    assert response["Vary"] == "Accept-Encoding"
    assert client.get(entry.get_absolute_url(), headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_only_reading_is_allowed(client, entry):
    for address in (entry.get_absolute_url(), f"/fiche/{entry.pk}/", f"/Q-{entry.pk}"):
        assert client.post(address).status_code == 405


def test_a_question_in_quotes_stays_a_title(client):
    entry = a_published_entry('"><b>Gras</b> & "cité" ?', 'Le "y" <z>')
    page = read(client, entry.get_absolute_url())
    assert "<b>Gras" not in page.html
    assert '<meta name="description" content="Le &quot;y&quot; &lt;z&gt;">' in page.html
