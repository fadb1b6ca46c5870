"""Accounts with a role, and a name by which tests tell them apart."""

from django.contrib.auth.models import Group, User


def a_person(name: str, role: str = "rédacteur", **details) -> User:
    """An account with a role and a mailbox."""
    person = User.objects.create_user(name, f"{name}@example.org", is_staff=True, **details)
    if role:
        person.groups.add(Group.objects.get(name=role))
    return person
