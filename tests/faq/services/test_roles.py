"""Roles: installed with the tables, never taken away from."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied

from faq.services.roles import ROLES, install_roles, require

pytestmark = pytest.mark.django_db


def test_migrations_install_every_role_with_every_permission():
    for role, permissions in ROLES.items():
        held = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
        assert permissions <= {f"{app}.{codename}" for app, codename in held}


def test_installing_again_keeps_what_an_operator_granted():
    analyst = Group.objects.get(name="analyste")
    analyst.permissions.add(Permission.objects.get(codename="publish_entry"))
    install_roles()
    assert analyst.permissions.filter(codename="publish_entry").exists()
    assert Group.objects.count() == len(ROLES)


def test_the_system_may_do_everything():
    require(None, "faq.publish_entry")


@pytest.mark.parametrize(
    ("permission", "name"),
    [("faq.publish_entry", "Peut publier et retirer une fiche"), ("faq.change_entry", "Peut modifier : fiches")],
)
def test_a_refusal_names_the_missing_right(permission, name):
    with pytest.raises(PermissionDenied, match=name):
        require(User.objects.create_user("personne"), permission)
