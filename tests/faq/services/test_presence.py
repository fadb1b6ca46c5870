"""Presence: the others who have an entry open, for as long as they give signs of life."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from faq.models import Presence
from faq.models.presence import PRESENT_FOR
from faq.services.presence import note_presence
from tests.factories import an_entry

pytestmark = pytest.mark.django_db


def test_others_are_named_while_they_are_there():
    entry, elsewhere = an_entry(), an_entry()
    me, marie, paul = (User.objects.create_user(name) for name in ("moi", "marie", "paul"))
    now = timezone.now()
    for user, at in ((me, now), (marie, now - PRESENT_FOR), (marie, now - timedelta(minutes=1)), (paul, now)):
        note_presence(entry.pk, user, at)
    note_presence(elsewhere.pk, paul, now)
    assert [other.user for other in Presence.objects.others(entry.pk, me.pk, now)] == [paul, marie]
    assert [other.user for other in Presence.objects.others(entry.pk, me.pk, now + PRESENT_FOR)] == []
    assert Presence.objects.filter(entry=entry).count() == 3
