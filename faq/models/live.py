"""The read side: what is published, as one snapshot in memory, keyed by an epoch that every change moves.

The snapshot is derived and never the truth: dropping it loses nothing. A worker asks for the epoch at
every request (one query on one row) and rebuilds the snapshot when it moved, so that no two workers
disagree for longer than one request.
"""

import uuid
from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from faq.domain.facets import CascadeIndex, Facet, Taxonomy, Term
from faq.models.entries import Entry
from faq.models.taxonomy import Couloir, Dispositif, OfferType, Product, Theme


class Epoch(models.Model):
    """The one row that says which state of the published FAQ is current."""

    token = models.CharField(max_length=32)
    """Random rather than counted: a number would come back after a rollback, with other content behind it."""

    class Meta:
        verbose_name = "époque"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="epoch_one_row")]

    def __str__(self):
        return self.token

    @classmethod
    def now(cls):
        """Give the current token; none before the first change."""
        return cls.objects.values_list("token", flat=True).first() or ""

    @classmethod
    def move(cls):
        """Make every snapshot out of date; called in the transaction that changes what the public sees."""
        cls.objects.update_or_create(pk=1, defaults={"token": uuid.uuid4().hex})


@dataclass(frozen=True)
class Snapshot:
    """The published FAQ: its taxonomy, and which entry stands at which position of the index."""

    epoch: str
    taxonomy: Taxonomy
    """Thématiques without a live entry are not part of it: editors name them while they work on drafts."""
    index: CascadeIndex
    numbers: tuple[int, ...]


_latest: Snapshot | None = None


def live_snapshot() -> Snapshot:
    """Give the snapshot of what is published now: one query, more only after a change."""
    global _latest
    epoch = Epoch.now()
    if not epoch:
        return _build(epoch)
    # The epoch is read before the tables: what is built can be newer than its key, never older.
    if _latest is None or _latest.epoch != epoch:
        _latest = _build(epoch)
    return _latest


def load_taxonomy() -> Taxonomy:
    """Read all terms, in screen order."""
    terms = [
        *(_term(Facet.OFFER_TYPES, term) for term in OfferType.objects.all()),
        *(_term(Facet.COULOIRS, term, {term.offer_type_id}) for term in Couloir.objects.all()),
        *(
            _term(Facet.DISPOSITIFS, term, {couloir.pk for couloir in term.couloirs.all()})
            for term in Dispositif.objects.prefetch_related("couloirs")
        ),
        *(
            _term(Facet.PRODUCTS, term, {offer_type.pk for offer_type in term.offer_types.all()})
            for term in Product.objects.prefetch_related("offer_types")
        ),
        *(_term(Facet.THEMES, term) for term in Theme.objects.all()),
    ]
    return Taxonomy(tuple(terms))


def filing_table(facet: Facet):
    """Give the table that files entries under a facet's terms, and its two columns (entry, term)."""
    relation = Entry._meta.get_field(facet)
    through = relation.remote_field.through
    if facet is Facet.THEMES:
        return through, "content_object_id", "tag_id"
    return through, f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"


def _term(facet, term, parents=frozenset()):
    return Term(
        id=term.pk,
        facet=facet,
        slug=term.slug,
        label=str(term),
        parents=frozenset(parents),
        retired=term.retired,
        old_slugs=tuple(term.old_slugs),
    )


def _build(epoch) -> Snapshot:
    terms = load_taxonomy().terms
    numbers = tuple(Entry.objects.live().order_by("pk").values_list("pk", flat=True))
    filed = list(_filed(numbers))
    live_themes = {term for facet, term, _ in filed if facet is Facet.THEMES}
    taxonomy = Taxonomy(tuple(term for term in terms if term.facet is not Facet.THEMES or term.id in live_themes))
    index = CascadeIndex.build(taxonomy, len(numbers), filed)
    return Snapshot(epoch, taxonomy, index, numbers)


def _filed(numbers):
    position_of = {number: position for position, number in enumerate(numbers)}
    for facet in Facet:
        table, entry_column, term_column = filing_table(facet)
        under: dict[int, list[int]] = {}
        for number, term in table.objects.values_list(entry_column, term_column).iterator():
            if number in position_of:
                under.setdefault(term, []).append(position_of[number])
        yield from ((facet, term, positions) for term, positions in under.items())
