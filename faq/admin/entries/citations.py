"""The entries that others lead to: what ends with them is told before they leave the site."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q

from faq.enums import EntryStatus
from faq.models import Entry, SeeAlso
from faq.models.entries import reference
from faq.selectors.entry_links import find_citing_entries


def get_citing_references(entries: Sequence[Entry]) -> dict[int, list[str]]:
    """Return, per entry, the references of those in use that lead to it, in their text or by « Voir aussi ».

    Three queries.
    """
    numbers = [entry.pk for entry in entries]
    links = SeeAlso.objects.filter(Q(left__in=numbers) | Q(right__in=numbers))
    in_use = links.exclude(left__status=EntryStatus.ARCHIVED).exclude(right__status=EntryStatus.ARCHIVED)
    citing: dict[int, set[int]] = defaultdict(set)
    for left, right in in_use.values_list("left", "right"):
        citing[left].add(right)
        citing[right].add(left)
    for number, others in find_citing_entries(numbers).items():
        citing[number].update(other.pk for other in others)
    return {number: [reference(other) for other in sorted(citing[number])] for number in numbers if citing[number]}
