"""People in front of the admin."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client


@pytest.fixture
def sign_in(db):
    """Open a session for somebody who holds a role, or none: `sign_in("relecteur")`."""

    def sign_in_as(role=None, *, superuser=False):
        name = role or ("root" if superuser else "personne")
        user = User.objects.create_user(name, is_staff=True, is_superuser=superuser)
        user.groups.set(Group.objects.filter(name=role))
        client = Client()
        client.force_login(user)
        client.user = user
        return client

    return sign_in_as


@pytest.fixture
def redacteur(sign_in):
    """Somebody who writes drafts."""
    return sign_in("rédacteur")


@pytest.fixture
def relecteur(sign_in):
    """Somebody who publishes."""
    return sign_in("relecteur")


@pytest.fixture
def analyste(sign_in):
    """Somebody who reads."""
    return sign_in("analyste")


@pytest.fixture
def administrateur(sign_in):
    """Somebody who looks after terms and accounts."""
    return sign_in("administrateur")
