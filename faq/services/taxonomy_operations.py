"""Operations on whole terms: order, retirement, merge and split; each is one batch, and undone as one."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction

from faq.domain.facets import Filing
from faq.models import Couloir, Entry, Epoch
from faq.models.taxonomy import compute_label_key
from faq.services.refiling import TermKey
from faq.services.roles import Author
from faq.services.row_changes import RowRecorder
from faq.services.taxonomy import (
    check_term,
    get_children,
    get_last_position,
    get_parents,
    parent_relation,
    require_right,
)
from faq.services.taxonomy_batches import (
    AnyTerm,
    TaxonomyReport,
    change_taxonomy,
    get_facet,
    key_of,
    store_rows,
)


class TermRefused(ValueError):
    """An operation that cannot be done on a term; the message says why and what to do instead, in French."""


@transaction.atomic
def reorder_term(term: AnyTerm, before: int | None, author: Author) -> TaxonomyReport:
    """Place a term before another one of its facet, or last; terms are numbered from 1 in the order of the screen.

    Raises PermissionDenied, TermRefused where the other term does not exist.
    """
    require_right("change", term, author)
    Epoch.hold()
    terms = list(type(term).objects.standing())
    others = [one for one in terms if one.pk != term.pk]
    if before == term.pk:
        return TaxonomyReport()
    places = [place for place, one in enumerate(others) if one.pk == before]
    if len(others) == len(terms) or (before is not None and not places):
        raise TermRefused("Ce terme n’existe plus : rechargez la liste.")
    place = places[0] if places else len(others)
    ordered = [*others[:place], term, *others[place:]]
    if [one.pk for one in ordered] == [one.pk for one in terms]:
        return TaxonomyReport()
    recorder = RowRecorder()
    for position, one in enumerate(ordered, start=1):
        stored = next(other for other in terms if other.pk == one.pk)
        if stored.position != position:
            stored.position = position
            recorder.save(stored)
    return _store(recorder, f"Ordre : « {term} » ({get_facet(term).label}), place {place + 1}", author)


@transaction.atomic
def set_retired(term: AnyTerm, retired: bool, author: Author) -> TaxonomyReport:
    """Retire a term, which is not offered any more, or bring it back. Raises PermissionDenied, TermRefused."""
    require_right("change", term, author)
    Epoch.hold()
    stored = type(term)._default_manager.get(pk=term.pk)
    if stored.merged_into:
        raise TermRefused(f"« {stored} » a été fusionné dans « {stored.merged_into} » : annulez la fusion.")
    if stored.retired == retired:
        return TaxonomyReport()
    stored.retired = retired
    recorder = RowRecorder()
    recorder.save(stored)
    what = "Retrait de" if retired else "Remise en service de"
    return _store(recorder, f"{what} « {term} » ({get_facet(term).label})", author)


def merge_terms(term: AnyTerm, survivor: AnyTerm, author: Author) -> TaxonomyReport:
    """Let another term of its facet answer for a term: its entries, children and addresses lead there.

    The merged term stays for the versions that name it. Raises PermissionDenied, TermRefused.
    """
    require_right("change", term, author)

    def write(recorder: RowRecorder) -> None:
        _refuse_merge(term, survivor)
        for child in get_children(term):
            _replace_parent(child, term.pk, survivor.pk, recorder)
        merged = type(term)._default_manager.get(pk=term.pk)
        merged.retired, merged.merged_into_id = True, survivor.pk
        recorder.save(merged)

    label = f"Fusion de « {term} » dans « {survivor} » ({get_facet(term).label})"
    return change_taxonomy(write, label, author, get_terms=lambda: _get_branch(term))


def _refuse_merge(term: AnyTerm, survivor: AnyTerm) -> None:
    stored = {one.pk: one for one in type(term)._default_manager.filter(pk__in=(term.pk, survivor.pk))}
    if type(term) is not type(survivor) or len(stored) < 2:
        raise TermRefused("Une fusion réunit deux termes différents d’une même question.")
    for one in stored.values():
        if one.merged_into:
            raise TermRefused(f"« {one} » a déjà été fusionné dans « {one.merged_into} ».")
    if stored[survivor.pk].retired:
        raise TermRefused(f"« {survivor} » est retiré : remettez-le d’abord en service.")


def split_term(
    term: AnyTerm, new: AnyTerm, entries: Collection[int], children: Collection[TermKey], author: Author
) -> TaxonomyReport:
    """Let a new term take over some entries of a term, and some of the terms that belong to it.

    The new term belongs to what the old one does, and comes last. Raises PermissionDenied, TermRefused, and
    ValidationError with a message per field where the new term cannot be stored.
    """
    for verb in ("add", "change"):
        require_right(verb, term, author)
    chosen = frozenset(entries)
    made: list[AnyTerm] = []

    def write(recorder: RowRecorder) -> None:
        stored = type(term)._default_manager.get(pk=term.pk)
        if stored.merged_into:
            raise TermRefused(f"« {stored} » a été fusionné dans « {stored.merged_into} ».")
        made.append(_make_part(stored, new, recorder))
        for child in get_children(stored):
            if key_of(child) in children:
                _replace_parent(child, term.pk, made[0].pk, recorder)

    def substitute(entry: Entry, filing: Filing) -> Filing:
        facet = get_facet(term)
        if entry.pk not in chosen or term.pk not in filing[facet]:
            return filing
        return {**filing, facet: filing[facet] - {term.pk} | {made[0].pk}}

    label = f"Scission de « {term} » : « {new} » ({get_facet(term).label})"
    return change_taxonomy(write, label, author, get_terms=lambda: _get_branch(term), substitute=substitute)


def _make_part(term: AnyTerm, new: AnyTerm, recorder: RowRecorder) -> AnyTerm:
    """Store the new term of a split, or revive the one that an undone split had left, and return it."""
    left = type(term)._default_manager.filter(label_key=compute_label_key(str(new)), merged_into=term).first()
    if left:
        left.slug, left.retired, left.merged_into = new.slug or left.slug, False, None
        new = left
    elif not new.slug:
        raise ValidationError({"slug": "Donnez un identifiant au nouveau terme."})
    new.position = get_last_position(type(term)) + 1
    if isinstance(term, Couloir) and isinstance(new, Couloir):
        new.offer_type_id = term.offer_type_id
    check_term(new)
    name = parent_relation(term)
    recorder.save(new, {name: get_parents(term)} if name else {}, successor=term.pk)
    return new


def _replace_parent(child: AnyTerm, former: int, present: int, recorder: RowRecorder) -> None:
    if isinstance(child, Couloir):
        child.offer_type_id = present
        recorder.save(child)
    else:
        recorder.save(child, {parent_relation(child): {*get_parents(child)} - {former} | {present}})


def _get_branch(term: AnyTerm) -> set[TermKey]:
    """Return a term and those that belong to it, of which entries may be filed otherwise."""
    return {key_of(term), *(key_of(child) for child in get_children(term))}


def _store(recorder: RowRecorder, label: str, author: Author) -> TaxonomyReport:
    return TaxonomyReport(store_rows(recorder, label, author), recorder.changes)
