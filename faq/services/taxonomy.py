"""Writing terms: a former slug keeps answering, a term that entries need stays, the read side follows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from faq.domain.text import expand_letters, remove_direction_marks
from faq.models import Batch, Couloir, Dispositif, Epoch, OfferType, Product, Theme, Version
from faq.models.taxonomy import compute_label_key
from faq.services.refiling import TermKey, find_entries_filed_under
from faq.services.roles import Author, require
from faq.services.row_changes import RowRecorder
from faq.services.taxonomy_batches import (
    AnyTerm,
    TaxonomyReport,
    change_taxonomy,
    get_facet,
    key_of,
    store_rows,
)


class TermInUse(ValueError):
    """A term that cannot be deleted; the message says why and what to do instead, in French."""


@dataclass(frozen=True, slots=True)
class TermEdit:
    """A term to be stored, new or with other columns than it is stored with."""

    term: AnyTerm
    parents: Collection[int] | None = None
    """The couloirs of a dispositif, the types d'offre of a product; None where they stay. A couloir holds its own."""


def save_term(
    term: AnyTerm,
    author: Author,
    *,
    parents: Collection[int] | None = None,
    batch: Batch | None = None,
    label: str = "",
) -> TaxonomyReport:
    """Store a new or changed term; see `save_terms`."""
    return save_terms([TermEdit(term, parents)], author, batch=batch, label=label)


def save_terms(
    edits: Sequence[TermEdit], author: Author, *, batch: Batch | None = None, label: str = ""
) -> TaxonomyReport:
    """Store new and changed terms, and file the entries under those that moved accordingly, as one batch.

    Their former slugs redirect from then on, review dates follow, and new terms without a position come last. The
    batch is that of a larger operation where one is given; a new one is labelled by what is done to the only term, or
    by `label`. Raises PermissionDenied, and ValidationError with a message per field where a term cannot be stored.
    """
    for edit in edits:
        require_right("add" if edit.term._state.adding else "change", edit.term, author)

    def write(recorder: RowRecorder) -> None:
        for edit in edits:
            _save(edit, recorder)

    return change_taxonomy(
        write, label or _describe(edits), author, get_terms=lambda: _get_moved_terms(edits), batch=batch
    )


def _save(edit: TermEdit, recorder: RowRecorder) -> None:
    term = edit.term
    if term._state.adding:
        term.position = term.position or get_last_position(type(term)) + 1
    else:
        term.old_slugs = _get_former_slugs(term)
    check_term(term)
    names = parent_relation(term)
    recorder.save(term, {names: edit.parents} if names and edit.parents is not None else {})


def check_term(term: AnyTerm) -> None:
    """Raise ValidationError where a term spells another one, or has a slug that leads or led to another."""
    term.clean()
    refuse_taken_slug(term)


def refuse_taken_slug(term: AnyTerm) -> None:
    """Raise ValidationError where a term has the slug of another one, which the message names."""
    terms = type(term)._default_manager
    taken = terms.exclude(pk=term.pk).filter(slug__iexact=term.slug).first()
    # Slugs that differed by their case before that was refused stay as they are.
    if taken and (taken.slug == term.slug or not terms.filter(pk=term.pk, slug=term.slug).exists()):
        raise ValidationError({"slug": f"L’identifiant « {term.slug} » est déjà celui de « {taken} »."})


def parent_relation(term: AnyTerm) -> str:
    """Return the name of the relation that holds the parents of a term; "" for a facet that has none."""
    return {Dispositif: "couloirs", Product: "offer_types"}.get(type(term), "")


def get_last_position(model: type[AnyTerm]) -> int:
    """Return the position of the last term of a facet."""
    last: int | None = model._default_manager.aggregate(last=Max("position"))["last"]
    return last or 0


def _get_moved_terms(edits: Sequence[TermEdit]) -> set[TermKey]:
    """Return the stored terms that are to belong elsewhere, or to be checked at another interval."""
    moved = set()
    for edit in edits:
        term = edit.term
        if term._state.adding:
            continue
        stored = type(term)._default_manager.get(pk=term.pk)
        name = parent_relation(term)
        is_moved = name and edit.parents is not None and set(edit.parents) != set(get_parents(stored))
        other_offer = getattr(term, "offer_type_id", None) != getattr(stored, "offer_type_id", None)
        if is_moved or other_offer or term.review_months != stored.review_months:
            moved.add(key_of(term))
    return moved


def get_parents(term: AnyTerm) -> list[int]:
    """Return the keys of the terms that a stored term belongs to."""
    if isinstance(term, Couloir):
        return [term.offer_type_id]
    name = parent_relation(term)
    return list(getattr(term, name).values_list("pk", flat=True)) if name else []


def _describe(edits: Sequence[TermEdit]) -> str:
    if len(edits) != 1:
        return f"{len(edits)} termes de la taxonomie"
    term = edits[0].term
    if term._state.adding:
        return f"Création de « {term} » ({get_facet(term).label})"
    stored = type(term)._default_manager.get(pk=term.pk)
    renamed = f", « {stored} » jusque-là" if str(stored) != str(term) else ""
    return f"Modification de « {term} » ({get_facet(term).label}){renamed}"


@transaction.atomic
def delete_term(term: AnyTerm, author: Author) -> TaxonomyReport:
    """Delete a term that nothing names, as a batch. Raises PermissionDenied, TermInUse."""
    require_right("delete", term, author)
    Epoch.hold()
    if uses := find_term_uses(term):
        raise TermInUse(f"« {term} » ne peut pas être supprimé : {' ; '.join(uses)}. Retirez-le plutôt.")
    recorder = RowRecorder()
    recorder.delete(term)
    batch = store_rows(recorder, f"Suppression de « {term} » ({get_facet(term).label})", author)
    return TaxonomyReport(batch, recorder.changes)


def find_term_uses(term: AnyTerm) -> list[str]:
    """Return in French what uses a term; an empty list where it can be deleted.

    Past versions count: an entry cannot go back to one whose terms are gone.
    """
    uses = _find_terms_that_lead_to(term)
    entries = _count_entries_ever_filed_under(term)
    if entries == 1:
        uses.append("1 fiche y est classée, ou l’a été")
    elif entries:
        uses.append(f"{entries} fiches y sont classées, ou l’ont été")
    return uses


def find_present_uses(term: AnyTerm) -> bool:
    """Return whether a term is named by more than past versions and terms that are offered no more themselves."""
    has_children = any(not child.retired for child in get_children(term))
    return has_children or bool(find_entries_filed_under({key_of(term)}))


def _find_terms_that_lead_to(term: AnyTerm) -> list[str]:
    """Return in French which terms belong to a term, or were merged into it."""
    merged = type(term)._default_manager.filter(merged_into=term)
    return [
        *(f"« {child} » en relève" for child in get_children(term)),
        *(f"« {other} » y a été fusionné" for other in merged),
    ]


def get_or_create_themes(names: Collection[str], author: Author) -> list[Theme]:
    """Return the thématiques of these names, in any spelling; create those that do not exist.

    Raises PermissionDenied where one has to be created and the author may not.
    """
    if not names:
        # Most saves name no new thématique.
        return []
    names = [remove_direction_marks(name) for name in names]
    keys = [compute_label_key(name) for name in names]
    with transaction.atomic():
        known = {theme.label_key: theme for theme in Theme.objects.filter(label_key__in=keys)}
        for name, key in zip(names, keys, strict=True):
            if key not in known:
                known[key] = _create_theme(name, key, author)
    return [_get_survivor(known[key]) for key in keys]


def _create_theme(name: str, key: str, author: Author) -> Theme:
    require(author, "faq.add_theme")
    columns = {
        "name": name,
        "slug": find_free_slug(Theme, name),
        "position": get_last_position(Theme) + 1,
        "was_public": False,
    }
    # Another transaction may be creating it at this moment: the database knows both spellings by one key.
    theme, is_new = Theme.objects.get_or_create(label_key=key, defaults=columns)
    if is_new:
        # The pages of live entries stay the same: the term shows with the first entry that is filed there.
        Epoch.move([], terms=True)
    return theme


def _get_survivor(theme: Theme) -> Theme:
    while theme.merged_into:
        theme = theme.merged_into
    return theme


def require_right(verb: str, term: AnyTerm, author: Author) -> None:
    """Raise PermissionDenied unless the author may add, change or delete terms of this facet."""
    require(author, f"faq.{verb}_{term._meta.model_name}")


def _get_former_slugs(term: AnyTerm) -> list[str]:
    """Return every slug that the term ever had, but for the one that it has from now on."""
    stored = type(term).objects.select_for_update().get(pk=term.pk)
    return [slug for slug in dict.fromkeys([*stored.old_slugs, stored.slug]) if slug != term.slug]


def get_children(term: AnyTerm) -> list[AnyTerm]:
    """Return the terms that belong to a term."""
    if isinstance(term, OfferType):
        return [*Couloir.objects.filter(offer_type=term), *Product.objects.filter(offer_types=term)]
    return [*Dispositif.objects.filter(couloirs=term)] if isinstance(term, Couloir) else []


def _count_entries_ever_filed_under(term: AnyTerm) -> int:
    facet = get_facet(term)
    snapshots = Version.objects.order_by().values_list("entry", f"filing__{facet}")
    named = (entry for entry, terms in snapshots.iterator() if term.pk in [one["id"] for one in terms or ()])
    return len(set(named))


def find_free_slug(model: type[AnyTerm], label: str) -> str:
    """Return a slug made of a label that no term of the facet has, or had."""
    rows = model._default_manager.values_list("slug", "old_slugs")
    taken = {slug for present, former in rows for slug in (present, *former)}
    wanted = slugify(expand_letters(label))[:90] or _UNNAMED[model]
    free = wanted
    number = 2
    while free in taken:
        free = f"{wanted}-{number}"
        number += 1
    return free


_UNNAMED = {
    OfferType: "offre",
    Couloir: "couloir",
    Dispositif: "dispositif",
    Product: "produit",
    Theme: "thematique",
}
"""Slugs of labels of which an address can hold nothing."""
