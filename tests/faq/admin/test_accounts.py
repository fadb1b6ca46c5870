"""Accounts in the admin: usable by an administrateur, who gets no further than the roles."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

pytestmark = pytest.mark.django_db


def page_of(user):
    return reverse("admin:auth_user_change", args=(user.pk,))


def test_an_administrateur_creates_an_account_and_gives_it_a_role(administrateur):
    password = "mot-de-passe-solide-1"
    data = {"username": "camille", "password1": password, "password2": password, "usable_password": "true"}
    assert administrateur.post(reverse("admin:auth_user_add"), data).status_code == 302
    camille = User.objects.get(username="camille")
    role = Group.objects.get(name="rédacteur")
    data = {"username": "camille", "is_active": "on", "is_staff": "on", "groups": [role.pk]}
    assert administrateur.post(page_of(camille), data).status_code == 302
    camille = User.objects.get(username="camille")
    assert camille.is_staff
    assert camille.has_perm("faq.change_entry")


def test_a_role_lets_in(administrateur):
    camille = User.objects.create_user("camille")
    data = {"username": "camille", "is_active": "on", "groups": [Group.objects.get(name="rédacteur").pk]}
    assert administrateur.post(page_of(camille), data).status_code == 302
    camille.refresh_from_db()
    assert camille.is_staff


def test_nobody_is_made_more_powerful_than_the_roles(administrateur):
    user = administrateur.user
    data = {
        "username": user.username,
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "user_permissions": ["1"],
    }
    assert administrateur.post(page_of(user), data).status_code == 302
    user.refresh_from_db()
    assert not user.is_superuser
    assert not user.user_permissions.exists()


def test_a_superuser_is_out_of_reach(administrateur):
    root = User.objects.create_superuser("root", password="secret")
    assert 'name="_save"' not in administrateur.get(page_of(root)).content.decode()
    assert administrateur.post(page_of(root), {"username": "moi"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=(root.pk,))
    assert administrateur.post(password, {"password1": "x", "password2": "x"}).status_code == 403


def test_a_superuser_gives_everything(sign_in):
    superuser = sign_in(superuser=True)
    other = User.objects.create_user("autre")
    superuser.post(page_of(other), {"username": "autre", "is_active": "on", "is_superuser": "on"})
    other.refresh_from_db()
    assert other.is_superuser


def test_roles_can_be_read_and_changed_by_an_administrateur_alone(administrateur, relecteur):
    role = reverse("admin:auth_group_change", args=(Group.objects.get(name="analyste").pk,))
    assert administrateur.get(role).status_code == 200
    assert relecteur.get(role).status_code == 403
