"""Whatever an address or a form of the admin holds, the answer is a page that says what was ignored or refused."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse

from faq.admin.lists import BoundedAdminMixin
from faq.domain.limits import ADMIN_SEARCH_MAX_LENGTH, ADMIN_SEARCH_MAX_WORDS, cut_admin_search
from faq.models import Dispositif, Publication, Theme
from tests.factories import a_taxonomy, an_entry

pytestmark = pytest.mark.django_db

NINES = "9" * 25
HOSTILE_PARAMETERS = [
    "id__in=" + NINES,
    "id__exact=" + NINES,
    "pk__gte=" + NINES,
    "day__year=" + NINES,
    "day__year=10000",
    "day__year=2026&day__month=13",
    "day__month=" + NINES,
    "voted_at__year=" + NINES,
    "voted_at__gte=0001-01-01",
    "voted_at__gte=9999-12-31",
    "voted_at__lt=hier",
    "day__gte=2026-02-31",
    "batch=" + NINES,
    "batch=x",
    "groups__id__exact=" + NINES,
    "couloirs__id__exact=" + NINES,
    "retired__exact=" + NINES,
    "is_staff__exact=peut-être",
    "query__regex=(((",
    "query__regex=(a%2B)%2B$",
    "label__regex=[",
    "password__startswith=a",
    "question__icontains=" + "x" * 60_000,
    "label=" + "x" * 60_000,
    "label=%00",
    "offer_types=" + NINES,
    "entry__head__author__password__startswith=a",
    "kind__exact=" + "é" * 300,
]
ADMINS = {model: admin.site._registry[model] for model in sorted(admin.site._registry, key=lambda one: one._meta.label)}
LISTS = [model for model in ADMINS if model is not Publication]
"""The tables with a list; publications have a page of their own in its place."""


def list_address(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def test_every_admin_is_bounded():
    assert ADMINS
    assert [model for model, its_admin in ADMINS.items() if not isinstance(its_admin, BoundedAdminMixin)] == []


@pytest.mark.once  # What is ignored reaches no database.
@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.model_name)
def test_hostile_lookups_are_ignored_and_said(model, admin_client):
    for parameter in HOSTILE_PARAMETERS:
        response = admin_client.get(f"{list_address(model)}?{parameter}", follow=True)
        page = response.content.decode()
        assert response.status_code == 200, parameter
        assert "est inconnu" in page, parameter


@pytest.mark.every_database
@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.model_name)
def test_hostile_pages_orders_and_searches_end_in_a_page(model, admin_client):
    for parameter in ("p=" + NINES, "p=" + "9" * 5_000, "o=" + NINES, "o=-" + "9" * 5_000, "q=" + "x" * 60_000):
        assert admin_client.get(f"{list_address(model)}?{parameter}", follow=True).status_code == 200, parameter


@pytest.mark.every_database
@pytest.mark.parametrize("model", [model for model in LISTS if ADMINS[model].search_fields])
def test_a_long_search_is_cut_and_said(model, admin_client):
    response = admin_client.get(list_address(model), {"q": " ".join(f"mot{rank}" for rank in range(500))})
    page = response.content.decode()
    assert f"{ADMIN_SEARCH_MAX_WORDS} mots au plus" in page
    assert 'mot49"' in page


def test_a_search_at_the_limit_is_whole():
    whole = " ".join(["mot"] * ADMIN_SEARCH_MAX_WORDS)
    assert cut_admin_search(whole) == whole
    assert cut_admin_search(f"{whole} mot") == whole
    longest = "x" * ADMIN_SEARCH_MAX_LENGTH
    assert cut_admin_search(longest) == longest
    assert cut_admin_search(f"{longest}x") == longest


@pytest.mark.every_database
def test_filters_of_the_list_still_filter(admin_client):
    a_taxonomy()
    Theme.objects.filter(slug="certificats").update(retired=True)
    page = admin_client.get(list_address(Theme), {"retired__exact": "1"}).content.decode()
    assert "certificats" in page
    assert "financement" not in page
    assert "est inconnu" not in page


@pytest.mark.every_database
def test_a_role_with_an_impossible_permission_is_refused(admin_client):
    response = admin_client.post(reverse("admin:auth_group_add"), {"name": "Relecteurs", "permissions": [NINES]})
    assert response.status_code == 200
    assert NINES in response.content.decode()
    assert not Group.objects.filter(name="Relecteurs").exists()


@pytest.mark.every_database
def test_a_dispositif_of_an_impossible_couloir_is_refused(admin_client):
    sent = {"label": "Autre", "slug": "autre", "position": "1", "couloirs": [NINES], "review_months": ""}
    assert admin_client.post(reverse("admin:faq_dispositif_add"), sent).status_code == 200
    assert not Dispositif.objects.filter(slug="autre").exists()


def test_impossible_rows_of_an_edited_list_are_ignored(admin_client):
    a_taxonomy()
    management = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": NINES, "_save": "1"}
    assert admin_client.post(list_address(Theme), management, follow=True).status_code == 200


def test_impossible_rows_of_an_action_are_ignored(admin_client):
    an_entry()
    for model, action in (("auth_user", "delete_selected"), ("feedback_vote", "dismiss"), ("faq_entry", "archive")):
        address = reverse(f"admin:{model}_changelist")
        sent = {"action": action, "_selected_action": [NINES, "x"], "index": "0"}
        assert admin_client.post(address, sent, follow=True).status_code == 200
