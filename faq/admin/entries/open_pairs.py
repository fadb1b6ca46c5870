"""The possible duplicates of an entry, as lists and queues say them beside it."""

from django.contrib.auth.models import User
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from faq.models import Entry, Pair


def count_open_pairs(user: User) -> Combinable:
    """Return an expression that counts the open pairs of each entry, for those who may view them."""
    return _count_on("left") + _count_on("right") if user.has_perm("faq.view_pair") else Value(0)


def link_duplicates(entry: Entry) -> SafeString | str:
    """Return a link to the possible duplicates of an entry, which `open_pairs` counts; nothing where there are none."""
    if not entry.open_pairs:
        return ""
    several = "s" if entry.open_pairs > 1 else ""
    label = f"{entry.open_pairs} doublon{several} possible{several}"
    queue = f"{reverse('admin:faq_entry_duplicates')}?fiche={entry.pk}"
    return format_html('<a class="duplicates-link" href="{}">{}</a>', queue, label)


def _count_on(side: str) -> Coalesce:
    pairs = Pair.objects.open().filter(**{side: OuterRef("pk")}).order_by().values(side)
    return Coalesce(Subquery(pairs.annotate(pairs=Count("pk")).values("pairs")), 0)
