"""« À revoir »: the queue, the line on the page of an entry, and the events that fill the queue."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from faq.enums import Action, VerificationKind
from faq.models import Batch, Couloir, Entry, ReviewEvent, Verification
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.verifications import check_entry
from tests.factories import (
    a_filing,
    a_published_entry,
    a_taxonomy,
    an_entry,
    by_command,
    checked_long_ago,
    some_published_entries,
)
from tests.faq.admin import entry_form
from tests.faq.admin.confirming import confirm
from tests.faq.admin.entry_form import page_of

pytestmark = pytest.mark.django_db

QUEUE, EVENTS = reverse("admin:faq_entry_due"), reverse("admin:faq_entry_review_events")
LIST = reverse("admin:faq_entry_changelist")


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def read(response):
    """The words of the page."""
    return " ".join(strip_tags(entry_form.read(response)).replace("\u00a0", "~").split()).replace("~", "\u00a0")


def due_entry(question="Comment faire ?", **slugs):
    """One that was to be checked long ago."""
    entry = a_published_entry(question, f"{question} Comme ceci.", **slugs)
    checked_long_ago(entry)
    return entry


def send(client, *entries, address=QUEUE, **data):
    """Send the page as it shows these entries."""
    shown = {f"seen-{entry.pk}": 2 for entry in entries}
    return client.post(address, shown | data, follow=True)


def waiting():
    return set(Entry.objects.due(timezone.localdate()).values_list("pk", flat=True))


class TestQueue:
    def test_nothing_due_tells_what_comes_next(self, analyste):
        assert "Les délais se règlent sur les termes" in read(analyste.get(QUEUE))
        entry = a_published_entry()
        an_entry()
        page = read(analyste.get(QUEUE))
        assert "Rien à revoir" in page
        assert f"La prochaine est {entry}, avant le" in page

    @pytest.mark.every_database
    def test_the_oldest_stands_first_and_filters_narrow(self, analyste):
        second, first = due_entry("Après ?", couloirs="imagerie"), due_entry("Avant ?", themes="certificats")
        checked_long_ago(first, day=timezone.datetime(2024, 5, 1).date())
        response = analyste.get(QUEUE)
        assert [item["entry"].pk for item in response.context["items"]] == [first.pk, second.pk]
        assert "à revoir depuis le 1er\u00a0mai 2025" in read(response)
        assert "Toujours exact" not in read(response)
        narrowed = analyste.get(QUEUE, {"couloir": "imagerie"})
        assert [item["entry"].pk for item in narrowed.context["items"]] == [second.pk]
        assert "1 fiche à revoir, sur 2" in read(narrowed)
        assert analyste.get(LIST, {"travail": "a-revoir"}).context["cl"].result_count == 2

    def test_several_are_decided_at_once_and_taken_back(self, redacteur):
        one, other, third = (due_entry(f"{rank} ?") for rank in range(3))
        ticked = {"check-selected": "1", "selected": [one.pk, other.pk]}
        asked = send(redacteur, one, other, third, **ticked)
        assert waiting() == {one.pk, other.pk, third.pk}
        page = read(confirm(redacteur, asked))
        assert f"Vous avez vérifié Q-{one.pk}, Q-{other.pk}" in page
        assert waiting() == {third.pk}
        assert Verification.objects.latest("pk").author == redacteur.user
        page = read(send(redacteur, undo=str(Batch.objects.latest("pk").pk)))
        assert "Vérifications annulées" in page
        assert waiting() == {one.pk, other.pk, third.pk}
        send(redacteur, third, check=str(third.pk))
        assert waiting() == {one.pk, other.pk}

    @pytest.mark.every_database
    def test_the_batch_of_several_checks_is_undone_like_any_other(self, redacteur, relecteur):
        entry = due_entry()
        send(redacteur, entry, check=str(entry.pk))
        undo = reverse("admin:faq_batch_undo", args=(Batch.objects.get().pk,))
        assert "Vérification reprise" in read(relecteur.get(undo))
        assert waiting() == set()
        assert "1 fiche dont la vérification change" in read(relecteur.post(undo, follow=True))
        assert waiting() == {entry.pk}

    def test_what_was_published_meanwhile_is_not_vouched_for(self, redacteur):
        entry = due_entry()
        slip = by_command(minor=True)
        edit_entry(entry.pk, Content("Comment faire ?", "Autrement.", a_filing()), slip, then=Action.PUBLISHED)
        assert "relisez-la avant de la dire exacte" in read(send(redacteur, entry, check=str(entry.pk)))
        assert "cochez d’abord" in read(send(redacteur, entry, **{"check-selected": "1"}))
        assert waiting() == {entry.pk}

    def test_an_analyst_decides_nothing(self, analyste, sign_in):
        entry = due_entry()
        assert send(analyste, entry, check=str(entry.pk)).status_code == 403
        assert analyste.post(EVENTS, {}).status_code == 403
        assert sign_in().get(QUEUE).status_code == 403
        assert waiting() == {entry.pk}

    def test_as_many_queries_for_many_as_for_one(self, redacteur, django_assert_max_num_queries):
        entries = some_published_entries(15, couloirs="hopital")
        checked_long_ago(entries[0])
        redacteur.get(QUEUE)
        with django_assert_max_num_queries(40) as taken_by_one:
            redacteur.get(QUEUE)
        checked_long_ago(*entries)
        with django_assert_max_num_queries(len(taken_by_one)):
            assert len(redacteur.get(QUEUE).context["items"]) == 15


class TestEntryPage:
    def press(self, client, entry, **data):
        return read(client.post(page_of(entry), {"seen": 2} | data, follow=True))

    @pytest.mark.every_database
    def test_one_click_checks_and_another_takes_it_back(self, redacteur):
        entry = due_entry()
        assert "à sa publication, par le système ; à revoir depuis le" in read(redacteur.get(page_of(entry)))
        page = self.press(redacteur, entry, _check="1")
        assert f"Fiche {entry.reference} vérifiée : toujours exacte." in page
        assert "par rédacteur ; à revoir avant le" in page
        check = Verification.objects.get(kind=VerificationKind.CHECKED)
        page = self.press(redacteur, entry, _take_back_check=str(check.pk))
        assert "Vérification annulée" in page
        assert waiting() == {entry.pk}
        assert "vérification, version 2, par rédacteur (annulée le" in page
        assert "déjà été annulée" in self.press(redacteur, entry, _take_back_check=str(check.pk))
        assert "déjà été annulée" in self.press(redacteur, entry, _take_back_check="x")

    def test_it_is_the_live_text_that_is_checked(self, redacteur):
        entry = a_published_entry()
        edit_entry(entry.pk, Content("Brouillon ?", "Brouillon."), by_command())
        assert "Porte sur la version 2, que le public lit." in read(redacteur.get(page_of(entry)))
        assert "publiée entre-temps (version 2)" in self.press(redacteur, entry, seen="3", _check="1")
        assert "Vérifiée le" not in read(redacteur.get(page_of(an_entry())))

    def test_it_tells_of_every_event(self, redacteur):
        entry, elsewhere = a_published_entry(couloirs="hopital"), a_published_entry(couloirs="imagerie")
        declared(redacteur, reason="nouvel arrêté")
        assert "À revoir : nouvel arrêté (12\u00a0novembre 2026), Hôpital" in read(redacteur.get(page_of(entry)))
        assert "nouvel arrêté" not in read(redacteur.get(page_of(elsewhere)))
        self.press(redacteur, entry, _check="1")
        assert "nouvel arrêté" not in read(redacteur.get(page_of(entry)))

    @pytest.mark.every_database
    def test_terms_say_how_long_a_check_holds(self, administrateur):
        entry = due_entry(couloirs="hopital")
        hospital = Couloir.objects.get(slug="hopital")
        page = reverse("admin:faq_couloir_change", args=(hospital.pk,))
        data = {"label": "Hôpital", "slug": "hopital", "offer_type": hospital.offer_type_id, "position": 1}
        administrateur.post(page, data | {"review_months": "36"})
        assert waiting() == set()
        assert Entry.objects.get(pk=entry.pk).review_before == timezone.datetime(2028, 1, 2).date()


def event(**changes):
    term = f"couloirs-{Couloir.objects.get(slug='hopital').pk}"
    return {"term": term, "reason": "nouvel arrêté", "happened_on": "2026-11-12"} | changes


def declared(client, **changes):
    return read(client.post(EVENTS, event(**changes), follow=True))


class TestEvents:
    @pytest.mark.every_database
    def test_an_editor_sees_how_many_before_declaring_and_may_take_it_back(self, redacteur):
        entries = [a_published_entry(f"{rank} ?", f"{rank}.", couloirs="hopital") for rank in range(2)]
        checked_long_ago(entries[0])
        page = read(redacteur.get(EVENTS, event()))
        assert "2 fiches en ligne sous « Hôpital » deviendront à revoir (1 l’est déjà)" in page
        assert not ReviewEvent.objects.exists()
        assert "2 fiches à revoir." in declared(redacteur)
        assert waiting() == {entry.pk for entry in entries}
        known = ReviewEvent.objects.get()
        found = redacteur.get(QUEUE, {"evenement": known.pk})
        assert found.context["page"].paginator.count == 2
        assert "nouvel arrêté (12\u00a0novembre 2026)" in read(found)
        check_entry(entries[0].pk, None, seen=2)
        assert redacteur.get(QUEUE, {"evenement": known.pk}).context["page"].paginator.count == 1
        page = read(redacteur.post(EVENTS, {"take-back": known.pk}, follow=True))
        assert "« nouvel arrêté (Hôpital) » est annulé" in page
        assert "annulé le" in page
        assert waiting() == set()
        assert "déjà été annulé" in read(redacteur.post(EVENTS, {"take-back": known.pk}, follow=True))

    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"reason": " "}, "Donnez la raison"),
            ({"term": "couloirs-0"}, "Ce terme n’existe plus"),
            ({"happened_on": "hier"}, "Date illisible"),
            ({}, "Aucune fiche en ligne n’est classée"),
        ],
    )
    def test_what_cannot_be_declared_is_explained(self, relecteur, changes, told):
        assert told in read(relecteur.get(EVENTS, event(**changes)))
        assert told in declared(relecteur, **changes)
        assert not ReviewEvent.objects.exists()

    def test_an_analyst_reads_them(self, analyste):
        page = read(analyste.get(EVENTS))
        assert "Aucun événement" in page
        assert "Raison" not in page
