"""Concurrent edits of one entry: they are merged, and where they conflict the editor decides."""

from collections.abc import Mapping
from dataclasses import replace

from faq.domain.facets import Filing
from faq.domain.merge import Merge, merge
from faq.models import Entry, Version
from faq.services.content import Content, EntryError, content_of
from faq.services.versions import latest

NO_VERSION = 0
"""A base that no version has: a form that does not say what it showed is refused as stale."""


class StaleVersion(EntryError):
    """Somebody else wrote since the version that the change is based on; nothing was written."""

    def __init__(self, entry: Entry, theirs: Version, advice: str) -> None:
        self.entry = entry
        self.theirs = theirs
        super().__init__(
            f"La fiche {entry.reference} a été modifiée entre-temps (version {theirs.number}). "
            f"Rien n’a été enregistré : {advice}"
        )


class Conflict(StaleVersion):
    """Somebody else changed the same lines, or the same filing, since `base`; `merge` holds what is to be decided."""

    def __init__(self, entry: Entry, base: Version, theirs: Version, merged: Merge) -> None:
        self.base = base
        self.merge = merged
        super().__init__(entry, theirs, "choisissez entre son texte et le vôtre là où ils se contredisent.")


def check_base(entry: Entry, base: int | None) -> None:
    """Raise StaleVersion where `base` is given and is not the number of the entry's latest version any more."""
    if base is not None and base != latest(entry).number:
        raise StaleVersion(entry, latest(entry), "relisez-la, puis recommencez.")


def load_bases(bases: Mapping[int, int | None]) -> dict[int, Version]:
    """Return, by the number of their entry, the versions that changes were made from, in one query.

    `bases` gives numbers of versions by numbers of entries; those that do not exist are left out.
    """
    wanted = {entry: number for entry, number in bases.items() if number is not None}
    if not wanted:
        return {}
    found = Version.objects.filter(entry__in=wanted, number__in=set(wanted.values()))
    return {version.entry_id: version for version in found if wanted[version.entry_id] == version.number}


def merge_with_latest(entry: Entry, mine: Content, base: int, started_from: Version | None) -> Content:
    """Return a change made from version `base` of a locked entry merged with what was saved since, field by field.

    `mine` is cleaned, `started_from` is that version. Raises Conflict where both changed the same, StaleVersion where
    no version has that number.
    """
    theirs = latest(entry)
    if started_from is None:
        raise StaleVersion(entry, theirs, f"la version {base}, dont partait votre saisie, n’existe pas.")
    merged = merge(content_of(started_from), content_of(theirs), mine)
    filing: Filing = {facet: terms.terms for facet, terms in merged.filing.items() if terms.terms is not None}
    question, answer = merged.question.text, merged.answer.text
    if merged.conflicts or question is None or answer is None:
        raise Conflict(entry, started_from, theirs, merged)
    return replace(mine, question=question, answer=answer, filing=filing)
