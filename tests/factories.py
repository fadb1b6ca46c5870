"""Test data made the way the product makes it: through the services."""

import io
import random
from collections.abc import Iterable
from datetime import date, datetime, time

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from faq.domain.dumps import VOTE_LINE
from faq.domain.facets import Facet
from faq.enums import Action, EntryStatus, Origin
from faq.models import Couloir, Dispositif, Entry, Epoch, OfferType, Product, Theme, Verification, Version
from faq.services.content import Content
from faq.services.dumps import DumpReport, Source, import_dumps
from faq.services.entries import create_entries, create_entry
from faq.services.review_dates import recompute_review_dates
from faq.services.versions import Provenance
from faq.services.workflow import publish_entry

MODELS = {
    Facet.OFFER_TYPES: OfferType,
    Facet.COULOIRS: Couloir,
    Facet.DISPOSITIFS: Dispositif,
    Facet.PRODUCTS: Product,
    Facet.THEMES: Theme,
}


def by_command(author=None, **details) -> Provenance:
    """The provenance of most writes in tests."""
    return Provenance(Origin.COMMAND, author, **details)


def a_taxonomy() -> None:
    """A small taxonomy with every kind of belonging: two offers, two couloirs, three dispositifs, two products."""
    segur, certification = OfferType.objects.bulk_create(
        OfferType(slug=slug, label=label, position=position)
        for position, (slug, label) in enumerate(
            (("segur", "Ségur du numérique"), ("certification", "Certification")), start=1
        )
    )
    hospital, imaging = Couloir.objects.bulk_create(
        Couloir(slug=slug, label=label, offer_type=segur, position=position)
        for position, (slug, label) in enumerate((("hopital", "Hôpital"), ("imagerie", "Imagerie")), start=1)
    )
    dispositifs = Dispositif.objects.bulk_create(
        Dispositif(slug=slug, label=label, vague=vague)
        for slug, label, vague in (
            ("dpi-vague-1", "DPI vague 1", 1),
            ("ris-vague-1", "RIS vague 1", 1),
            ("pfi-vague-2", "PFI vague 2", 2),
        )
    )
    Dispositif.couloirs.through.objects.bulk_create(
        Dispositif.couloirs.through(dispositif=dispositif, couloir=couloir)
        for dispositif, couloirs in zip(dispositifs, ([hospital], [imaging], [hospital, imaging]), strict=True)
        for couloir in couloirs
    )
    convergence, dmn = Product.objects.bulk_create(
        [Product(slug="convergence", label="Convergence"), Product(slug="dmn", label="Certification DMN")]
    )
    Product.offer_types.through.objects.bulk_create(
        Product.offer_types.through(product=product, offertype=offer)
        for product, offer in ((convergence, segur), (convergence, certification), (dmn, certification))
    )
    Theme.objects.bulk_create(Theme(slug=name, name=name) for name in ("certificats", "financement"))
    Epoch.move()


def a_filing(**slugs: str) -> dict[Facet, frozenset[int]]:
    """A filing by slugs: `a_filing(couloirs="hopital imagerie")`."""
    return {
        facet: frozenset(MODELS[facet].objects.get(slug=slug).pk for slug in slugs.get(facet.value, "").split())
        for facet in Facet
    }


def an_entry(
    question: str = "Comment faire ?", answer: str = "Comme ceci.", *, author=None, at=None, **slugs: str
) -> Entry:
    """A draft, filed under terms given by slug, of now or of `at`."""
    content = Content(question, answer, a_filing(**slugs))
    return create_entry(content, by_command(author, at=at or timezone.now())).entry


def a_published_entry(question: str = "Comment faire ?", answer: str = "Comme ceci.", **slugs: str) -> Entry:
    """An entry that the public reads."""
    entry = an_entry(question, answer, **slugs)
    return publish_entry(entry.pk, by_command()).entry


def checked_long_ago(*entries: Entry, day: date = date(2025, 1, 2)) -> None:
    """Make live entries due: they were last checked on that day."""
    checks = Verification.objects.filter(entry__in=entries)
    checks.update(checked_at=timezone.make_aware(datetime.combine(day, time(12))))
    recompute_review_dates(Entry.objects.filter(pk__in=numbers(entries)))


def some_published_entries(number: int, **slugs: str) -> list[Entry]:
    """Several entries with different texts, in as many queries as one takes."""
    filing = a_filing(**slugs)
    contents = [Content(f"Question {rank} ?", f"Réponse {rank}.", filing) for rank in range(1, number + 1)]
    return [outcome.entry for outcome in create_entries(contents, by_command(), then=Action.PUBLISHED)]


def many_drafts(number: int) -> None:
    """As many drafts as a large installation has, written straight into the tables: services would take minutes."""
    now = timezone.now()
    entries = Entry.objects.bulk_create(
        Entry(question=f"Question {rank} ?", answer="Oui.", created_at=now, updated_at=now, comparison_rank=0)
        for rank in range(number)
    )
    Version.objects.bulk_create(
        Version(
            entry=entry,
            number=1,
            question=entry.question,
            answer=entry.answer,
            status=EntryStatus.DRAFT,
            action=Action.CREATED,
            origin=Origin.COMMAND,
            created_at=now,
        )
        for entry in entries
    )
    first = Version.objects.filter(entry=OuterRef("pk"))
    Entry.objects.filter(head=None).update(head=Subquery(first.values("pk")[:1]))


def unlike_texts(number: int) -> list[str]:
    """Texts of which no two look alike."""
    chance = random.Random(number)
    return [" ".join("".join(chance.choices("abcdefghijklmnop", k=9)) for _ in range(7)) for _ in range(number)]


def numbers(entries: Iterable[Entry]) -> list[int]:
    """The numbers of entries, in their order."""
    return [entry.pk for entry in entries]


def a_dump_file(*answers: str, line_end: str = "\n") -> bytes:
    """The bytes of a dump with these answers."""
    return "".join(f"{answer}{line_end}{VOTE_LINE}{line_end}" for answer in answers).encode()


def take_dump(data: bytes, name: str = "page", **options) -> DumpReport:
    """Import one file as a dump."""
    [report] = import_dumps([Source(name, io.BytesIO(data), f"{name}.txt")], by_command(), **options)
    return report
