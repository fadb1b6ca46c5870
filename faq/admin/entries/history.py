"""What became of an entry: its versions, and those of the entries that were merged into it, in one time line."""

from faq.admin.display import person
from faq.models import EntryAlias, Version

_SHOWN = 20


def history(entry):
    """Return what the page of an entry shows of the past, the latest first."""
    aliases = list(EntryAlias.objects.filter(survivor=entry).select_related("former").order_by("former"))
    numbers = [entry.pk, *(alias.former_id for alias in aliases)]
    versions = Version.objects.filter(entry__in=numbers).select_related("author", "entry")
    light = versions.defer("answer", "filing", "entry__answer", "entry__folded")
    read = [_row(version, entry) for version in light.order_by("-created_at", "-pk")[: _SHOWN + 1]]
    rows = read[:_SHOWN]
    _propose(rows)
    return {
        "versions": rows,
        "merged": aliases,
        "more_versions": len(read) > _SHOWN,
        "merged_into": EntryAlias.objects.filter(former=entry).select_related("survivor__head").first(),
    }


def _row(version, entry):
    return {
        "version": version,
        "author": person(version.author),
        "live": version.pk in (entry.live_id, version.entry.live_id),
        "own": version.entry_id == entry.pk,
        "from": False,
        "to": False,
    }


def _propose(rows):
    """Tick what is compared unless somebody chooses: the latest change of the entry itself."""
    own = [row for row in rows if row["own"]]
    for row, side in zip(own, ("to", "from"), strict=False):
        row[side] = True
