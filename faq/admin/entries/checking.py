"""The block of the entry page about its last check: « Toujours exact », and taking that back."""

from django.contrib import messages
from django.utils import timezone

from faq.enums import VerificationKind
from faq.models import ReviewEvent, Verification
from faq.models.entries import number_of
from faq.services.conflicts import NO_VERSION
from faq.services.verifications import RIGHT, check_entry, take_back_check

_TAKE_BACK = "_take_back_check"
_CHECKS_SHOWN = 20


def check(request, entry):
    """Record that the live text is still right."""
    check_entry(entry.pk, request.user, seen=number_of(request.POST.get("seen", "")) or NO_VERSION)
    messages.success(request, f"Fiche {entry.reference} vérifiée : toujours exacte.")
    return True


def take_back(request, entry):
    """Take the last check back."""
    last = Verification.objects.filter(entry=entry, pk=number_of(request.POST[_TAKE_BACK])).first()
    if last and take_back_check(last, request.user):
        messages.success(request, "Vérification annulée : celle d’avant compte de nouveau.")
    else:
        messages.info(request, "Cette vérification a déjà été annulée.")
    return True


HANDLERS = {"_check": check, _TAKE_BACK: take_back}
"""The buttons of the block; see `BlockHandler` in `faq.admin.entries.page`."""


def get_context(request, entry):
    """Return what the block shows; it shows nothing of an entry that is not live."""
    last = entry.verification
    if not entry.live or not last:
        return {"checked": None}
    return {
        "checked": last,
        "due": entry.review_before is not None and entry.review_before <= timezone.localdate(),
        "events": ReviewEvent.objects.by_entry([entry])[entry.pk],
        "may_check": request.user.has_perm(RIGHT),
        "past_checks": list(entry.verifications.select_related("author", "version", "taken_back_by")[:_CHECKS_SHOWN]),
        "may_take_back": last.kind == VerificationKind.CHECKED,
    }
