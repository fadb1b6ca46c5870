"""Saving the filters of the list of entries under a name, for oneself or for the team."""

from django.contrib.auth.models import User
from django.db import transaction

from faq.domain.limits import (
    SAVED_FILTER_NAME_MAX_LENGTH,
    SAVED_FILTER_QUERY_MAX_LENGTH,
    SAVED_FILTERS_MAX,
    describe_excess,
)
from faq.models import SavedFilter
from faq.services.content import EntryError
from faq.services.roles import require

SHARING = "faq.change_entry"
"""The right to share filters with the team."""


@transaction.atomic
def save_filter(name: str, query: str, owner: User, *, shared: bool = False) -> SavedFilter:
    """Store filters under a name; a name that the person has already used names these from now on.

    Raises EntryError where there is nothing to save, or too much, and PermissionDenied for sharing without the right.
    """
    name = " ".join(name.split())
    if shared:
        require(owner, SHARING)
    if not name:
        raise EntryError("Donnez un nom à cette recherche.")
    if "\0" in name + query:
        raise EntryError("Le nom contient un caractère nul (U+0000)\u00a0: retirez-le.")
    if not query:
        raise EntryError("Choisissez d’abord des filtres, ou cherchez des mots\u00a0: rien n’est à enregistrer.")
    if len(name) > SAVED_FILTER_NAME_MAX_LENGTH:
        raise EntryError(describe_excess("Le nom", len(name), SAVED_FILTER_NAME_MAX_LENGTH, "raccourcissez-le"))
    if len(query) > SAVED_FILTER_QUERY_MAX_LENGTH:
        raise EntryError("Cette recherche est trop longue pour être gardée\u00a0: raccourcissez-la.")
    # The account's row is the lock: two windows may not both save the last one allowed.
    User.objects.select_for_update().get(pk=owner.pk)
    own = SavedFilter.objects.filter(owner=owner)
    if not own.filter(name=name).exists() and own.count() >= SAVED_FILTERS_MAX:
        raise EntryError(f"Vous avez déjà {SAVED_FILTERS_MAX} recherches enregistrées\u00a0: supprimez-en un d’abord.")
    saved, _ = SavedFilter.objects.update_or_create(owner=owner, name=name, defaults={"query": query, "shared": shared})
    return saved


def delete_filter(number: int, owner: User) -> str | None:
    """Delete one of the person's own filters, and return its name; None if there is none."""
    saved = SavedFilter.objects.filter(pk=number, owner=owner).first()
    if saved is None:
        return None
    name: str = saved.name
    saved.delete()
    return name
