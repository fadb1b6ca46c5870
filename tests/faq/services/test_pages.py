"""The pages about the site: there from the first day, and nothing that anybody wrote on them is ever lost."""

import re

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from faq.enums import PageSlug
from faq.models import Epoch, SitePage, SitePageVersion
from faq.models.versions import ImmutableError
from faq.services.pages import StalePage, install_pages, save_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    return SitePage.objects.get(slug="accessibilite")


def texts(page):
    return list(page.versions.order_by("number").values_list("number", "title", "text"))


def test_every_page_has_a_starter_text_and_its_first_version():
    pages = SitePage.objects.all()
    assert {page.slug for page in pages} == set(PageSlug)
    for page in pages:
        assert texts(page) == [(1, page.title, page.text)]
        assert len(page.text) > 500
        assert not re.search("[ \n][:;?!»]|« |'", page.text)


def test_installing_again_touches_nothing(page):
    save_page(page, "Titre", "Texte", None)
    install_pages(apps=apps)
    page.refresh_from_db()
    assert (page.title, page.text, SitePage.objects.count()) == ("Titre", "Texte", len(PageSlug))


def test_saving_keeps_what_was_there(page):
    before, epoch = (page.title, page.text), Epoch.now()
    author = User.objects.create_superuser("root")
    assert save_page(page, " Titre ", "Un.\r\nDeux.\n", author, base=1)
    assert texts(page) == [(1, *before), (2, "Titre", "Un.\nDeux.")]
    assert page.versions.get(number=2).author == author
    page.refresh_from_db()
    assert (page.title, page.text, page.number) == ("Titre", "Un.\nDeux.", 2)
    assert Epoch.now() != epoch


def test_saving_the_same_changes_nothing(page):
    epoch = Epoch.now()
    assert not save_page(page, f"{page.title} ", page.text.replace("\n", "\r\n"), None, base=1)
    assert (page.versions.count(), Epoch.now()) == (1, epoch)


def test_who_saw_an_older_version_is_told_what_came_since(page):
    save_page(page, "Titre", "D’elle.", None, base=1)
    with pytest.raises(StalePage) as refusal:
        save_page(page, "Titre", "De lui.", None, base=1)
    assert refusal.value.latest.text == "D’elle."
    assert page.versions.count() == 2


def test_only_who_may_writes(page):
    with pytest.raises(PermissionDenied):
        save_page(page, "Titre", "Texte", User.objects.create_user("personne"))
    assert page.versions.count() == 1


def test_versions_stay_as_they_are(page):
    version = page.versions.get()
    with pytest.raises(ImmutableError):
        version.save()
    with pytest.raises(ImmutableError):
        version.delete()


@pytest.mark.parametrize(
    ("constraint", "make"),
    [
        ("site_page_known", lambda page: SitePage(slug="autre", number=1, updated_at=page.updated_at)),
        (
            "site_page_version_number_once",
            lambda page: SitePageVersion(page=page, number=1, created_at=page.updated_at),
        ),
        (
            "site_page_version_number_from_1",
            lambda page: SitePageVersion(page=page, number=0, created_at=page.updated_at),
        ),
    ],
)
def test_the_database_holds_the_rules(page, constraint, make):
    # SQLite names the columns of a unique constraint instead.
    with pytest.raises(IntegrityError, match=f"{constraint}|faq_sitepageversion.number"), transaction.atomic():
        make(page).save()
