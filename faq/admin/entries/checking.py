"""« Vérifié le… ; à revoir avant le… » on the page of one entry: finding it still right, and taking that back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from faq.enums import VerificationKind
from faq.models import ReviewEvent, Verification
from faq.models.entries import number_of
from faq.services.conflicts import NO_VERSION
from faq.services.content import EntryError
from faq.services.verifications import RIGHT, check_entry, take_back_check

_CHECK, _TAKE_BACK = "_check", "_take_back_check"

_REMEMBERED = 20
"""Verifications that the page lists, the latest first."""


def asked(request):
    """Return whether a button of the block was pressed."""
    return _CHECK in request.POST or _TAKE_BACK in request.POST


def answer(request, entry):
    """Do what the pressed button says, and tell."""
    try:
        if _TAKE_BACK in request.POST:
            _take_back(request, entry)
        else:
            check_entry(entry.pk, request.user, seen=number_of(request.POST.get("seen", "")) or NO_VERSION)
            messages.success(request, f"Fiche {entry.reference} vérifiée : toujours exacte.")
    except (EntryError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))


def context(request, entry):
    """Return what the block shows of an entry that is live."""
    check = entry.verification
    if not entry.live or not check:
        return {"checked": None}
    return {
        "checked": check,
        "due": entry.review_before is not None and entry.review_before <= timezone.localdate(),
        "events": ReviewEvent.objects.by_entry([entry])[entry.pk],
        "may_check": request.user.has_perm(RIGHT),
        "past_checks": list(entry.verifications.select_related("author", "version", "taken_back_by")[:_REMEMBERED]),
        "may_take_back": check.kind == VerificationKind.CHECKED,
    }


def _take_back(request, entry):
    number = request.POST[_TAKE_BACK]
    check = Verification.objects.filter(entry=entry, pk=number if number.isdecimal() else 0).first()
    if check and take_back_check(check, request.user):
        messages.success(request, "Vérification annulée : celle d’avant compte de nouveau.")
    else:
        messages.info(request, "Cette vérification a déjà été annulée.")
