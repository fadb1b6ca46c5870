"""Taking a published entry back to the text that the public read before."""

from dataclasses import replace

from django.db import transaction

from faq.enums import Action, EntryStatus
from faq.models import Entry, Publication, Version
from faq.selectors.published import load_taxonomy
from faq.services.conflicts import check_base
from faq.services.content import EntryError, clean, content_of
from faq.services.roles import require
from faq.services.versions import Change, Outcome, Provenance, latest, lock_entries, record

RIGHT = "faq.publish_entry"


def get_former_publication(entry: Entry) -> Version | None:
    """Return the last version that the public read before the live one and that said something else, or None."""
    if entry.live is None:
        return None
    live, follower = content_of(entry.live), entry.live
    former: Version
    past = Publication.objects.filter(entry=entry).exclude(version=entry.live_id)
    for publication in past.select_related("version").order_by("-live_from", "-pk"):
        # What only the taxonomy made of a text is not taken back here: its terms have moved.
        former = publication.version
        if follower.action != Action.REFILED and content_of(former) != live:
            return former
        follower = former
    return None


@transaction.atomic
def republish_former(number: int, provenance: Provenance, *, base: int | None = None) -> Outcome:
    """Publish again what the public read before the text that is live now; a draft beside it stays in the history.

    Raises StaleVersion where `base` is given and is not the latest version any more, InvalidContent where the former
    filing contradicts the present taxonomy, EntryError where there is no former text, PermissionDenied.
    """
    require(provenance.author, RIGHT)
    [entry] = lock_entries([number])
    check_base(entry, base)
    former = get_former_publication(entry)
    if former is None:
        raise EntryError(f"La fiche {entry.reference} n’a pas d’autre version publiée.")
    taxonomy = load_taxonomy(share=True)
    content = clean(content_of(former), taxonomy)
    if entry.live and content == content_of(entry.live) == content_of(latest(entry)):
        return Outcome(entry, latest(entry), changed=False)
    told = f"Retour à la version publiée précédente (version {former.number}). {provenance.comment}".strip()
    change = Change(entry, content, Action.REVERTED, EntryStatus.PUBLISHED)
    [outcome] = record([change], taxonomy, replace(provenance, comment=told))
    return outcome
