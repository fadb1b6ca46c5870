"""The block « Voir aussi » of the entry page: entries that mention each other."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from faq.enums import EntryStatus
from faq.models import Entry, EntryAlias, SeeAlso
from faq.models.entries import number_of, reference
from faq.services.content import EntryError
from faq.services.merging import add_see_also, remove_see_also

_REMOVE = "_unrelate"
_TYPED = "see_also"


def add(request, entry):
    """Make two entries mention each other; keep what was typed where that is refused."""
    try:
        other = _read_reference(request.POST.get(_TYPED, ""))
        is_new = add_see_also(entry.pk, other, request.user)
    except (EntryError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
        return False
    done = "se renvoient maintenant l’une à l’autre" if is_new else "se renvoyaient déjà l’une à l’autre"
    messages.success(request, f"Les fiches {entry.reference} et {reference(other)} {done}.")
    return True


def remove(request, entry):
    """Take a mention away on both sides; merged entries may have brought several that lead to the same one."""
    number = number_of(request.POST[_REMOVE])
    mentions = [mention for mention in _mentions(entry) if _other(mention, entry).pk == number]
    with transaction.atomic():
        removed = [remove_see_also(mention.left_id, mention.right_id, request.user) for mention in mentions]
    if any(removed):
        messages.success(request, "Le renvoi est retiré, sur les deux fiches.")
    else:
        messages.info(request, "Ce renvoi n’existe plus : il a été retiré entre-temps.")
    return True


HANDLERS = {"_relate": add, _REMOVE: remove}
"""The buttons of the block; see `BlockHandler` in `faq.admin.entries.page`."""


def get_context(request, entry):
    """Return the entries that the mentions lead to today, and the reference that was typed."""
    return {
        "mentions": sorted({_other(mention, entry) for mention in _mentions(entry)} - {entry}, key=lambda one: one.pk),
        "typed_mention": request.POST.get(_TYPED, ""),
    }


def _mentions(entry):
    """Return the mentions of an entry, and of those that were merged into it."""
    formers = EntryAlias.objects.filter(survivor=entry).values("former")
    with_it = Q(left=entry) | Q(right=entry) | Q(left__in=formers) | Q(right__in=formers)
    sides = ("left__alias__survivor__head", "right__alias__survivor__head", "left__head", "right__head")
    return SeeAlso.objects.filter(with_it).select_related(*sides).order_by("left", "right")


def _other(mention, entry):
    """Return the entry at the other end of a mention; the entry itself where both ends are one since a merge."""
    ends = [_current(end) for end in (mention.left, mention.right) if end != entry]
    return next((end for end in ends if end != entry), entry)


def _current(entry):
    alias = getattr(entry, "alias", None)
    return alias.survivor if alias else entry


def _read_reference(text):
    """Return the number of the entry in use of that reference. Raises EntryError."""
    if not text.strip():
        raise EntryError("Tapez la référence de l’autre fiche, par exemple « Q-12 ».")
    entry = Entry.objects.filter(pk=number_of(text)).first()
    if entry is None:
        raise EntryError(f"Aucune fiche « {text.strip()[:20]} » : vérifiez sa référence.")
    if alias := EntryAlias.objects.filter(former=entry).first():
        into = reference(alias.survivor_id)
        raise EntryError(f"La fiche {entry.reference} a été fusionnée dans {into} : renvoyez plutôt à {into}.")
    if entry.status == EntryStatus.ARCHIVED:
        raise EntryError(f"La fiche {entry.reference} est archivée : le public n’y arriverait pas.")
    return entry.pk
