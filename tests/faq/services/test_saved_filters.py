"""Saved filters: named once per person, bounded, shared by those who may."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied

from faq.domain.limits import SAVED_FILTER_NAME_MAX_LENGTH, SAVED_FILTER_QUERY_MAX_LENGTH, SAVED_FILTERS_MAX
from faq.models import SavedFilter
from faq.services.content import EntryError
from faq.services.saved_filters import delete_filter, save_filter

pytestmark = pytest.mark.django_db


@pytest.fixture
def camille():
    user = User.objects.create_user("camille")
    user.groups.add(Group.objects.get(name="rédacteur"))
    return user


def test_a_name_that_is_used_again_names_the_new_filters(camille):
    save_filter("  Mes   brouillons ", "etat=draft", camille)
    save_filter("Mes brouillons", "etat=draft&theme=certificats", camille)
    [saved] = SavedFilter.objects.all()
    assert (saved.name, saved.query) == ("Mes brouillons", "etat=draft&theme=certificats")


def test_everybody_has_names_of_their_own_and_sees_what_is_shared(camille):
    other = User.objects.create_user("autre")
    save_filter("Brouillons", "etat=draft", camille)
    save_filter("À moi", "etat=draft", other)
    shared = save_filter("Pour tous", "etat=published", camille, shared=True)
    assert list(SavedFilter.objects.offered_to(other.pk)) == [SavedFilter.objects.get(owner=other), shared]


def test_sharing_needs_the_right_to_write():
    analyste = User.objects.create_user("analyste")
    analyste.groups.add(Group.objects.get(name="analyste"))
    save_filter("Pour moi", "etat=draft", analyste)
    with pytest.raises(PermissionDenied):
        save_filter("Pour tous", "etat=draft", analyste, shared=True)


@pytest.mark.parametrize(
    ("name", "query", "cure"),
    [
        ("", "etat=draft", "Donnez un nom"),
        (" \u00a0 ", "etat=draft", "Donnez un nom"),
        ("Nom", "", "Choisissez d’abord des filtres"),
        ("x" * (SAVED_FILTER_NAME_MAX_LENGTH + 1), "etat=draft", "raccourcissez-le"),
        ("Nom", "q=" + "x" * SAVED_FILTER_QUERY_MAX_LENGTH, "raccourcissez-la"),
        ("a\0b", "etat=draft", "caractère nul"),
    ],
)
def test_what_cannot_be_saved_says_why(camille, name, query, cure):
    with pytest.raises(EntryError, match=cure):
        save_filter(name, query, camille)
    assert not SavedFilter.objects.exists()


def test_a_person_saves_so_many_and_may_still_rename_what_is_there(camille):
    for number in range(SAVED_FILTERS_MAX):
        save_filter(f"Filtre {number}", "etat=draft", camille)
    with pytest.raises(EntryError, match="supprimez-en un"):
        save_filter("Un de trop", "etat=draft", camille)
    save_filter("Filtre 0", "etat=published", camille)
    assert SavedFilter.objects.get(name="Filtre 0").query == "etat=published"


def test_nobody_deletes_the_filters_of_others(camille):
    saved = save_filter("Pour tous", "etat=draft", camille, shared=True)
    assert delete_filter(saved.pk, User.objects.create_user("autre")) is None
    assert delete_filter(saved.pk, camille) == "Pour tous"
    assert delete_filter(saved.pk, camille) is None
