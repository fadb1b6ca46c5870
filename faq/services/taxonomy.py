"""Writing terms: a former slug keeps answering, a term that entries need stays, the read side follows."""

from collections.abc import Collection

from django.db import transaction
from django.utils.text import slugify

from faq.domain.facets import Facet
from faq.domain.text import build_label_key, expand_letters
from faq.models import Couloir, Dispositif, Entry, Epoch, OfferType, Product, Theme, Version
from faq.services.review_dates import get_live_under, lock_entries_of, recompute_review_dates
from faq.services.roles import Author, require

AnyTerm = OfferType | Couloir | Dispositif | Product | Theme


class TermInUse(ValueError):
    """A term that cannot be deleted; the message says why and what to do instead, in French."""


@transaction.atomic
def save_term(term: AnyTerm, author: Author) -> None:
    """Store a new or changed term. The slug that it had redirects to it from then on, and review dates follow.

    Raises PermissionDenied.
    """
    adding = term._state.adding
    require(author, _get_permission("add" if adding else "change", term))
    if not adding:
        term.old_slugs = _get_former_slugs(term)
    others_due = not adding and _get_stored_months(term) != term.review_months
    if others_due:
        lock_entries_of(get_live_under(get_facet(term), term.pk))
    term.save()
    Epoch.move()
    if others_due:
        # Asked again: some may have come while the epoch was being waited for.
        recompute_review_dates(get_live_under(get_facet(term), term.pk))


@transaction.atomic
def delete_term(term: AnyTerm, author: Author) -> None:
    """Delete a term that nothing names. Raises PermissionDenied, TermInUse."""
    require(author, _get_permission("delete", term))
    if uses := find_term_uses(term):
        raise TermInUse(f"« {term} » ne peut pas être supprimé : {' ; '.join(uses)}. Retirez-le plutôt.")
    term.delete()
    Epoch.move()


def find_term_uses(term: AnyTerm) -> list[str]:
    """Return in French what uses a term; an empty list where it can be deleted.

    Past versions count: an entry cannot go back to one whose terms are gone.
    """
    uses = [f"« {child} » en relève" for child in _get_children(term)]
    entries = _count_entries_ever_filed_under(term)
    if entries == 1:
        uses.append("1 fiche y est classée, ou l’a été")
    elif entries:
        uses.append(f"{entries} fiches y sont classées, ou l’ont été")
    return uses


def get_or_create_themes(names: Collection[str], author: Author) -> list[Theme]:
    """Return the thématiques of these names, in any spelling; create those that do not exist.

    Raises PermissionDenied where one has to be created and the author may not.
    """
    if not names:
        # Most saves name no new thématique.
        return []
    with transaction.atomic():
        # The oldest of two spellings that are stored already.
        known = {build_label_key(theme.name): theme for theme in Theme.objects.order_by("-pk")}
        keys = [build_label_key(name) for name in names]
        for name, key in zip(names, keys, strict=True):
            if key not in known:
                known[key] = _create_theme(name, author)
    return [known[key] for key in keys]


def _create_theme(name: str, author: Author) -> Theme:
    require(author, "faq.add_theme")
    # Another transaction may be creating it at this moment.
    theme, _ = Theme.objects.get_or_create(name=name, defaults={"slug": _find_free_slug(name)})
    # The pages of live entries stay the same: the term shows with the first entry that is filed there.
    Epoch.move([], terms=True)
    return theme


def _get_permission(verb: str, term: AnyTerm) -> str:
    return f"faq.{verb}_{term._meta.model_name}"


def _get_former_slugs(term: AnyTerm) -> list[str]:
    """Return every slug that the term ever had, but for the one that it has from now on."""
    stored = type(term).objects.select_for_update().get(pk=term.pk)
    return [slug for slug in dict.fromkeys([*stored.old_slugs, stored.slug]) if slug != term.slug]


def get_facet(term: AnyTerm) -> Facet:
    """Return the facet that a term belongs to."""
    [facet] = [facet for facet in Facet if Entry._meta.get_field(facet).related_model is type(term)]
    return facet


def _get_stored_months(term: AnyTerm) -> int | None:
    months: int | None = type(term).objects.values_list("review_months", flat=True).get(pk=term.pk)
    return months


def _get_children(term: AnyTerm) -> list[AnyTerm]:
    if isinstance(term, OfferType):
        return [*Couloir.objects.filter(offer_type=term), *Product.objects.filter(offer_types=term)]
    if isinstance(term, Couloir):
        return [*Dispositif.objects.filter(couloirs=term)]
    return []


def _count_entries_ever_filed_under(term: AnyTerm) -> int:
    facet = get_facet(term)
    snapshots = Version.objects.order_by().values_list("entry", f"filing__{facet}")
    named = (entry for entry, terms in snapshots.iterator() if term.pk in [one["id"] for one in terms or ()])
    return len(set(named))


def _find_free_slug(name: str) -> str:
    """Return a slug that no thématique has, or had."""
    themes = Theme.objects.values_list("slug", "old_slugs")
    taken = {slug for present, former in themes for slug in (present, *former)}
    wanted = slugify(expand_letters(name))[:90] or "thematique"
    free = wanted
    number = 2
    while free in taken:
        free = f"{wanted}-{number}"
        number += 1
    return free
