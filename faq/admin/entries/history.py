"""The block of the entry page about the past: its versions, and those of the entries that were merged into it."""

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from faq.admin.display import person_name
from faq.models import EntryAlias, Version

_VERSIONS_SHOWN = 20


def get_context(entry):
    """Return the latest versions on one time line, the latest first, and the entries that were merged."""
    aliases = list(EntryAlias.objects.filter(survivor=entry).select_related("former").order_by("former"))
    numbers = [entry.pk, *(alias.former_id for alias in aliases)]
    versions = Version.objects.filter(entry__in=numbers).select_related("author", "entry")
    light = versions.defer("answer", "filing", "entry__answer", "entry__search_text")
    latest = list(light.order_by("-created_at", "-pk")[: _VERSIONS_SHOWN + 1])
    rows = [_build_row(version, entry) for version in latest[:_VERSIONS_SHOWN]]
    _select_latest_change(rows)
    return {
        "versions": rows,
        "merged": aliases,
        "more_versions": len(latest) > _VERSIONS_SHOWN,
        "merged_into": getattr(entry, "alias", None),
        "writer": _find_writer(entry.head),
    }


def _find_writer(head):
    """Return the version that first said what the latest text says, where somebody else only published it or so."""
    own = Version.objects.filter(entry=head.entry_id, number__lt=head.number)
    others = own.exclude(question=head.question, answer=head.answer).order_by("-number").values("number")[:1]
    same = own.filter(number__gt=Coalesce(Subquery(others), 0)).select_related("author").defer("answer", "filing")
    first = same.order_by("number").first()
    is_another = first is not None and first.author_id != head.author_id
    return {"version": first, "author": person_name(first.author)} if is_another else None


def _build_row(version, entry):
    return {
        "version": version,
        "author": person_name(version.author),
        "live": version.pk in (entry.live_id, version.entry.live_id),
        "own": version.entry_id == entry.pk,
        "from": False,
        "to": False,
    }


def _select_latest_change(rows):
    """Tick the two versions that are compared by default: the latest of the entry itself."""
    own = [row for row in rows if row["own"]]
    for row, side in zip(own, ("to", "from"), strict=False):
        row[side] = True
