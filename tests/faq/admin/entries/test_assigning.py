"""Assigning entries on their page and from the list."""

import pytest
from django.contrib.auth.models import User

from faq.models import Assignment
from faq.services.assignments import assign_entry
from faq.services.workflow import archive_entry
from tests.factories import an_entry, by_command
from tests.faq.admin.entry_form import page_of, read
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def marie():
    return a_person("marie", first_name="Marie", last_name="Petit")


def assign_by_form(client, entry, value):
    return read(client.post(page_of(entry), {"_assign": "", "assignee": value}, follow=True))


def assignee_of(entry):
    return Assignment.objects.get(entry=entry).assignee


class TestPage:
    def test_an_entry_is_assigned_and_taken_back(self, redacteur, marie):
        entry = an_entry()
        assert f"Fiche {entry.reference} attribuée à Marie Petit." in assign_by_form(redacteur, entry, marie.pk)
        assert assignee_of(entry) == marie
        assert f"La fiche {entry.reference} est déjà attribuée à Marie Petit." in assign_by_form(
            redacteur, entry, marie.pk
        )
        assert f"Fiche {entry.reference} attribuée à personne." in assign_by_form(redacteur, entry, "")
        assert not Assignment.objects.exists()

    @pytest.mark.parametrize("value", ["0", "²", "9" * 30, "marie", "?"])
    def test_who_cannot_be_assigned_to_is_refused(self, value, redacteur):
        entry = an_entry()
        assert "choisissez quelqu’un d’autre" in assign_by_form(redacteur, entry, value)
        assert not Assignment.objects.exists()

    def test_a_closed_account_is_shown_as_such(self, redacteur, analyste, marie):
        entry = an_entry()
        assign_entry(entry.pk, marie, None)
        User.objects.filter(pk=marie.pk).update(is_active=False)
        for client in (redacteur, analyste):
            assert "Marie Petit (compte fermé)" in read(client.get(page_of(entry)))

    def test_who_may_only_read_sees_who_it_is(self, analyste, marie):
        entry = an_entry()
        assign_entry(entry.pk, marie, None)
        page = read(analyste.get(page_of(entry)))
        assert "Attribuée à Marie Petit" in page
        assert 'name="_assign"' not in page
        assert analyste.post(page_of(entry), {"_assign": "", "assignee": ""}).status_code == 403
        assert assignee_of(entry) == marie

    def test_an_archived_entry_offers_no_assignment(self, redacteur):
        entry = archive_entry(an_entry().pk, by_command()).entry
        assert 'name="_assign"' not in read(redacteur.get(page_of(entry)))
        assert "ne s’attribue pas" in assign_by_form(redacteur, entry, redacteur.user.pk)
