"""Random histories: every service, on entries of every state, in an order that a seed decides."""

import random
import re
from collections import Counter
from contextlib import suppress
from datetime import timedelta

from django.utils import timezone

from faq.domain.facets import Facet
from faq.enums import Action, BatchKind, EntryStatus
from faq.models import Batch, Couloir, Dispositif, Entry, EntryAlias, Version
from faq.services.bulk import change_many
from faq.services.content import Content, EntryError
from faq.services.entries import FIELDS, create_entry, edit_entry, restore_version
from faq.services.former_publications import republish_former
from faq.services.merging import merge_entries
from faq.services.schedules import carry_out_due, schedule
from faq.services.taxonomy import get_or_create_themes, save_term
from faq.services.undo import undo_batch
from faq.services.versions import Provenance
from faq.services.workflow import (
    abandon_draft,
    archive_entry,
    publish_entry,
    recall_entry,
    refuse_entry,
    restore_entry,
    submit_entry,
    withdraw_entry,
)
from tests.factories import a_filing, by_command

FILINGS = (
    {},
    {"offer_types": "certification"},
    {"couloirs": "hopital"},
    {"couloirs": "hopital imagerie", "themes": "certificats"},
    {"dispositifs": "dpi-vague-1"},
    {"dispositifs": "pfi-vague-2", "products": "convergence"},
    {"products": "dmn", "themes": "financement"},
    {"themes": "certificats financement"},
)
"""Places in the taxonomy of `tests.factories.a_taxonomy`, transverse ones among them."""

MARK = re.compile("zqx[0-9]{4}")
"""Numbers that keep apart the texts, and the thématiques that were named for them."""


class History:
    """Entries, and what is done to them, step by step; what a service refuses is left undone."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.texts = 0
        self.tried: Counter[object] = Counter()
        self.batches: list[int] = []
        self.moves = (
            submit_entry,
            publish_entry,
            refuse_entry,
            withdraw_entry,
            archive_entry,
            restore_entry,
            recall_entry,
            abandon_draft,
            republish_former,
        )
        self.writes = (
            self.create,
            self.edit,
            self.edit,
            self.move,
            self.move,
            self.restore_version,
            self.merge,
            self.undo,
        )
        self.on_their_own_clock = (self.bulk, self.carry_out, self.move_term)
        self.create(by_command())

    def step(self) -> None:
        """Do one thing, or two or three at the very same instant."""
        if self.chance.random() < 0.2:
            with suppress(EntryError):
                self.chance.choice(self.on_their_own_clock)()
            return
        provenance = by_command(at=timezone.now(), comment="Parce que.")
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            with suppress(EntryError):
                self.chance.choice(self.writes)(provenance)

    def create(self, provenance: Provenance) -> object:
        """A new entry, perhaps submitted or published at once."""
        return create_entry(self.content(), provenance, then=self.and_then())

    def edit(self, provenance: Provenance) -> object:
        """Another text, made from the latest version, or from one that somebody else has left behind."""
        entry = self.entry()
        base = self.chance.choice((None, entry.head.number, self.chance.randint(1, entry.head.number)))
        return edit_entry(entry.pk, self.content(), provenance, base=base, then=self.and_then())

    def move(self, provenance: Provenance) -> None:
        """One of the ways that an entry takes, for one that can go it."""
        # Those that were tried least: few entries can go some of the ways.
        way = min(self.chance.sample(self.moves, len(self.moves)), key=self.tried.__getitem__)
        self.tried[way] += 1
        entries = list(Entry.objects.order_by("pk"))
        for entry in self.chance.sample(entries, len(entries)):
            with suppress(EntryError):
                if way(entry.pk, provenance).changed:
                    return

    def restore_version(self, provenance: Provenance) -> object:
        """Return the content of an earlier version, or some of it."""
        entry = self.entry()
        version = Version.objects.get(entry=entry, number=self.chance.randint(1, entry.head.number))
        return restore_version(version, provenance, fields=self.chance.choice((FIELDS, ("answer", "themes"))))

    def merge(self, provenance: Provenance) -> None:
        """Two entries in use become one."""
        in_use = list(Entry.objects.exclude(status=EntryStatus.ARCHIVED).order_by("pk"))
        if len(in_use) > 3:
            one, other = self.chance.sample(in_use, 2)
            self.batches.append(merge_entries(one.pk, [other.pk], self.content(), provenance, bases={}).batch.pk)

    def undo(self, provenance: Provenance) -> None:
        """A bulk action, a merge, or an undoing, undone."""
        if self.batches and (batch := undo_batch(self.chance.choice(self.batches), provenance).batch):
            self.batches.append(batch.pk)

    def bulk(self) -> None:
        """Several entries at once, and perhaps back."""
        numbers = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
        some = self.chance.sample(numbers, min(len(numbers), 3))
        report = change_many(dict.fromkeys(some), self.chance.choice(self.moves), "Essai", None, comment="Oui.")
        if report.batch:
            self.batches.append(report.batch.pk)
            self.undo(by_command(at=timezone.now()))

    def move_term(self) -> None:
        """A dispositif belongs to other couloirs, and its entries are filed accordingly."""
        dispositif = self.chance.choice(Dispositif.objects.order_by("pk"))
        couloirs = list(Couloir.objects.order_by("pk").values_list("pk", flat=True))
        parents = self.chance.sample(couloirs, self.chance.randint(1, len(couloirs)))
        if batch := save_term(dispositif, None, parents=parents).batch:
            self.batches.append(batch.pk)

    def carry_out(self) -> None:
        """A publication or a withdrawal whose hour comes at once."""
        now = timezone.now()
        action = self.chance.choice((Action.PUBLISHED, Action.WITHDRAWN))
        schedule(self.entry().pk, action, now + timedelta(microseconds=1), by_command(at=now))
        carry_out_due()

    def entry(self) -> Entry:
        """Any entry."""
        return self.chance.choice(Entry.objects.select_related("head").order_by("pk"))

    def content(self, *, whole: bool = False) -> Content:
        """A text with a mark of its own, filed somewhere; `whole`: with a question and a thématique of its own."""
        self.texts += 1
        mark = f"zqx{self.texts:04}"
        question = "" if self.chance.random() < 0.1 and not whole else f"Quoi de neuf, « {mark} » ?"
        filing = a_filing(**self.chance.choice(FILINGS))
        if whole or self.chance.random() < 0.2:
            [theme] = get_or_create_themes([f"thème {mark}"], None)
            filing[Facet.THEMES] |= {theme.pk}
        return Content(question, f'Réponse {mark}\n- \\ "ici"', filing)

    def and_then(self) -> Action | None:
        """Return other changes that the same version makes."""
        return self.chance.choice((None, Action.SUBMITTED, Action.SUBMITTED, Action.PUBLISHED, Action.PUBLISHED))


def merge(former: Entry, survivor: Entry) -> None:
    """Leave what a merge leaves: the former entry archived, its number answered for by the survivor."""
    archive_entry(former.pk, by_command())
    batch = Batch.objects.create(kind=BatchKind.BULK_ACTION, label="fusion", created_at=former.created_at)
    EntryAlias.objects.create(former=former, survivor=survivor, batch=batch)
