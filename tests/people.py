"""Accounts with a role, and a name by which tests tell them apart."""

from django.contrib.auth.models import Group, User


def a_person(name: str, role: str = "rédacteur", **details) -> User:
    """An account with a mailbox, which its role lets in."""
    person = User.objects.create_user(name, f"{name}@example.org", **details)
    if role:
        person.groups.add(Group.objects.get(name=role))
    return person
