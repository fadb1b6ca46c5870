"""An event makes a whole branch due at once, until each entry is checked or the event is taken back."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from faq.enums import Action
from faq.models import Entry, ReviewEvent
from faq.selectors.published import load_taxonomy
from faq.services.content import Content, EntryError
from faq.services.doctor import faults
from faq.services.entries import edit_entry
from faq.services.review_events import declare_event, take_back_event
from faq.services.verifications import check_entry
from tests.factories import a_published_entry, a_taxonomy, an_entry, by_command, numbers

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 12)


@pytest.fixture
def hospital():
    a_taxonomy()
    return next(term for term in load_taxonomy().terms if term.slug == "hopital")


def due():
    return numbers(Entry.objects.due(timezone.localdate()).order_by("pk"))


def reasons(entry):
    entry = Entry.objects.select_related("live", "verification").get(pk=entry.pk)
    return [event.reason for event in ReviewEvent.objects.by_entry([entry])[entry.pk]]


def test_a_branch_is_due_at_once_says_why_and_can_be_given_back(hospital):
    dpi, other = a_published_entry("DPI ?", dispositifs="dpi-vague-1"), a_published_entry("RIS ?", couloirs="imagerie")
    an_entry("Brouillon ?", couloirs="hopital")
    event = declare_event(hospital, " nouvel\narrêté ", TODAY, None)
    assert (event.reason, event.due_count, event.label) == ("nouvel arrêté", 1, "Hôpital")
    assert due() == [dpi.pk]
    assert (reasons(dpi), reasons(other)) == (["nouvel arrêté"], [])
    assert list(faults()) == []
    assert take_back_event(event, None)
    assert not take_back_event(event, None)
    assert (due(), reasons(dpi)) == ([], [])
    assert ReviewEvent.objects.get().taken_back_at
    assert list(faults()) == []


def test_a_check_or_a_publication_answers_the_event_and_a_later_one_asks_again(hospital):
    checked, rewritten, slip = (a_published_entry(f"{rank} ?", f"{rank}.", couloirs="hopital") for rank in range(3))
    event = declare_event(hospital, "nouvel arrêté", TODAY, None)
    check_entry(checked.pk, None, seen=2)
    filing = rewritten.live.filed_under
    edit_entry(rewritten.pk, Content("Autre ?", "Autre.", filing), by_command(), then=Action.PUBLISHED)
    edit_entry(slip.pk, Content("2 ?", "Deux.", filing), by_command(minor=True), then=Action.PUBLISHED)
    assert due() == [slip.pk]
    declare_event(hospital, "décret", TODAY, None)
    assert due() == numbers([checked, rewritten, slip])
    assert reasons(slip) == ["décret", "nouvel arrêté"]
    # The checks that were made since stay.
    take_back_event(event, None)
    assert reasons(slip) == ["décret"]
    assert list(faults()) == []


def test_the_oldest_due_stays_first(hospital):
    late, on_time = (a_published_entry(f"{rank} ?", f"{rank}.", couloirs="hopital") for rank in range(2))
    late.verification.checked_at -= timedelta(500)
    late.verification.save()
    declare_event(hospital, "nouvel arrêté", TODAY, None)
    assert numbers(Entry.objects.due(timezone.localdate()).order_by("review_before")) == numbers([late, on_time])
    assert list(faults()) == []


def test_no_event_without_a_reason_an_entry_or_the_right(hospital):
    with pytest.raises(EntryError, match="Aucune fiche en ligne"):
        declare_event(hospital, "nouvel arrêté", TODAY, None)
    a_published_entry(couloirs="hopital")
    for reason in ("  ", "x" * 201):
        with pytest.raises(EntryError, match="raison"):
            declare_event(hospital, reason, TODAY, None)
    nobody = User.objects.create_user("personne")
    with pytest.raises(PermissionDenied, match="Peut vérifier"):
        declare_event(hospital, "nouvel arrêté", TODAY, nobody)
    assert not ReviewEvent.objects.exists()
    event = declare_event(hospital, "nouvel arrêté", TODAY, None)
    with pytest.raises(PermissionDenied):
        take_back_event(event, nobody)
