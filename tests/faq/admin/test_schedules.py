"""Plans in the admin: made and given up on the page of an entry, watched in a list."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from faq.enums import Action
from faq.models import Entry, Schedule
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.schedules import carry_out_due, schedule
from tests.factories import a_published_entry, an_entry, by_command
from tests.faq.admin.entry_form import page_of, read

pytestmark = pytest.mark.django_db

PLANS = reverse("admin:faq_schedule_changelist")
LIST = reverse("admin:faq_entry_changelist")


def later(**delta):
    """A moment as a browser sends it: the clocks of Paris, to the minute."""
    return localtime(timezone.now() + timedelta(**delta)).strftime("%Y-%m-%dT%H:%M")


def plan(client, entry, button="_schedule_publish", due_at=None, base=None):
    """Press a button of the block."""
    data = {button: "1", "due_at": due_at or later(days=2), "base": base or Entry.objects.get(pk=entry.pk).head.number}
    return read(client.post(page_of(entry), data, follow=True))


def failing():
    """A plan whose text changed before its hour."""
    entry = an_entry("Échouée ?")
    planned = schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
    edit_entry(entry.pk, Content("Changée ?", "Oui."), by_command())
    Schedule.objects.filter(pk=planned.pk).update(due_at=timezone.now())
    carry_out_due()
    return entry


def test_a_publication_is_planned_shown_and_given_up(relecteur):
    entry = an_entry()
    due_at = later(days=2)
    page = plan(relecteur, entry, due_at=due_at)
    planned = Schedule.objects.get()
    assert (planned.action, planned.version, planned.author) == (Action.PUBLISHED, entry.head, relecteur.user)
    assert localtime(planned.due_at).strftime("%Y-%m-%dT%H:%M") == due_at
    assert f"Publication de la fiche {entry.reference} planifiée pour le" in page
    assert "publication prévue le" in read(relecteur.get(LIST))
    page = read(relecteur.post(page_of(entry), {"_cancel_schedule": planned.pk}, follow=True))
    assert "Publication annulée" in page
    assert not Schedule.objects.exists()
    page = read(relecteur.post(page_of(entry), {"_cancel_schedule": planned.pk}, follow=True))
    assert "n’existe plus" in page


def test_a_withdrawal_is_planned(relecteur):
    entry = a_published_entry()
    plan(relecteur, entry, "_schedule_withdraw")
    assert Schedule.objects.get().action == Action.WITHDRAWN


@pytest.mark.parametrize("due_at", ["", "demain", "2020-01-01T10:00", "2026-02-30T10:00"])
def test_a_date_that_cannot_be_is_explained_and_stays(relecteur, due_at):
    entry = an_entry()
    page = read(relecteur.post(page_of(entry), {"_schedule_publish": "1", "due_at": due_at, "base": "1"}, follow=True))
    assert re.search(r'errorlist|class="error', page)
    assert not Schedule.objects.exists()


def test_what_changed_since_the_page_was_shown_is_not_planned(relecteur):
    entry = an_entry()
    edit_entry(entry.pk, Content("Autre ?", "Autre."), by_command())
    assert "modifiée entre-temps (version 2)" in plan(relecteur, entry, base="1")
    assert not Schedule.objects.exists()


@pytest.mark.every_database
def test_a_redacteur_sees_plans_and_makes_none(redacteur):
    entry = an_entry()
    assert "_schedule_publish" not in read(redacteur.get(page_of(entry)))
    assert "Votre rôle ne le permet pas" in plan(redacteur, entry)
    planned = schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
    page = read(redacteur.post(page_of(entry), {"_cancel_schedule": planned.pk}, follow=True))
    assert "Votre rôle ne le permet pas" in page
    assert list(Schedule.objects.all()) == [planned]


def test_failures_come_first_and_say_why(analyste, django_assert_max_num_queries):
    schedule(an_entry("À venir ?").pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
    entry = failing()
    page = read(analyste.get(PLANS))
    assert page.index(entry.reference) < page.index("À venir ?")
    assert (
        f"La fiche {entry.reference} a été modifiée entre-temps (version 2)\u00a0: ce nouveau texte n’est pas celui"
        in page
    )
    assert f'<a href="{page_of(entry)}#schedule-title">Planifier de nouveau ou annuler' in page
    assert "À venir ?" not in read(analyste.get(f"{PLANS}?suite=echec"))
    assert "modifiée entre-temps (version 2)\u00a0: ce" in read(analyste.get(page_of(entry)))
    with django_assert_max_num_queries(20) as few:
        analyste.get(PLANS)
    for _ in range(10):
        failing()
    with django_assert_max_num_queries(len(few)):
        analyste.get(PLANS)


class TestProblemsStandWhereOneLooks:
    def field(self, page):
        """The date of the block, with its error."""
        return re.search(r'<div class="entry-field field-due_at.*?</div>', page, re.DOTALL)[0]

    @pytest.mark.parametrize(
        ("due_at", "told"), [("", "Indiquez une date"), ("2020-01-01T10:00", "Cette date est passée")]
    )
    def test_a_wrong_date_is_told_beside_the_date_which_has_the_focus(self, relecteur, due_at, told):
        entry = an_entry()
        data = {"_schedule_publish": "1", "due_at": due_at, "base": "1"}
        field = self.field(read(relecteur.post(page_of(entry), data)))
        assert told in field
        assert "autofocus" in field
        assert f'value="{due_at}"' in field or not due_at

    def test_so_is_what_the_service_refuses(self, relecteur):
        entry = an_entry("")
        assert "il lui manque sa question" in self.field(plan(relecteur, entry))
        live = a_published_entry()
        assert "est déjà en ligne" in self.field(plan(relecteur, live))

    def test_a_failure_stands_at_the_head_of_the_form_beside_the_dates_and_in_the_list(self, relecteur):
        entry = failing()
        reason = f"La fiche {entry.reference} a été modifiée entre-temps (version 2)"
        page = read(relecteur.get(page_of(entry)))
        head, _, block = page.partition('id="schedule-title"')
        assert reason in head
        assert 'href="#schedule-title">Planifier de nouveau</a>' in head
        assert reason in block
        assert "Planifiez de nouveau ci-dessous, ou annulez" in block
        assert reason in read(relecteur.get(LIST))

    def test_a_plan_of_another_text_than_the_latest_is_told_before_its_hour(self, relecteur):
        entry = an_entry()
        schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
        assert "ne pourra pas avoir lieu" not in read(relecteur.get(page_of(entry))).lower()
        edit_entry(entry.pk, Content("Changée ?", "Oui."), by_command())
        head, _, block = read(relecteur.get(page_of(entry))).partition('id="schedule-title"')
        assert "ne pourra pas avoir lieu" in head
        assert "elle porte sur la version 1, et la fiche en est à la version 2" in block
