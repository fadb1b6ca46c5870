"""Checks of the taxonomy and of what is filed there: one French sentence per fault, with its cure."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from faq.domain.facets import Facet, FilingContradiction, Taxonomy
from faq.models import Entry
from faq.models.taxonomy import LabelKeyField, compute_label_key
from faq.selectors.published import read_taxonomy

_CHUNK = 500


def contradictory_filings() -> Iterator[str]:
    """The form of every entry can be saved: the terms of its live and its latest text fit each other, and stand."""
    # Not what this process keeps: somebody may have changed a table without moving the epoch.
    taxonomy = read_taxonomy()
    columns = ("status", "live__filing", "head__filing")
    for entry in Entry.objects.select_related("live", "head").only(*columns).order_by("pk").iterator(_CHUNK):
        texts = {version.pk: version for version in (entry.live, entry.head) if version}
        for version in texts.values():
            draft = " (brouillon)" if entry.live_id and version.pk != entry.live_id else ""
            if fault := _find_contradiction(version.filed_under, taxonomy):
                yield f"{entry.reference}{draft} : {fault}"


def _find_contradiction(filing: dict[Facet, frozenset[int]], taxonomy: Taxonomy) -> str:
    """Return what is wrong with a filing, and its cure; "" where the form accepts it."""
    gone = [(facet, id) for facet, ids in filing.items() for id in ids if (facet, id) not in taxonomy.by_id]
    if gone:
        facet, id = gone[0]
        return f"un terme sous lequel elle est classée n’existe plus ({facet.label}, n° {id}). Restaurez-le."
    if taxonomy.resolve(filing) != filing:
        return "elle est classée sous un terme qui a été fusionné. Ouvrez-la et enregistrez-la."
    try:
        taxonomy.complete(filing)
    except FilingContradiction as contradiction:
        return str(contradiction)
    return ""


def wrong_terms() -> Iterator[str]:
    """A label is one term, an address leads to one term, and merged terms lead to a standing one."""
    for facet in Facet:
        model: Any = Entry._meta.get_field(facet).related_model
        terms = list(model.objects.select_related("merged_into"))
        by_pk = {term.pk: term for term in terms}
        yield from _find_doubles(facet, terms)
        owners = defaultdict(set)
        for term in terms:
            for slug in {term.slug, *term.old_slugs}:
                owners[slug].add(_get_end(term, by_pk))
        for slug, ends in sorted(owners.items()):
            if None in ends:
                yield f"L’adresse « {slug} » ({facet.label}) mène à des termes fusionnés en rond. Annulez une fusion."
            elif len(ends) > 1:
                names = " et ".join(f"« {by_pk[pk]} »" for pk in by_pk if pk in ends)
                yield f"L’adresse « {slug} » ({facet.label}) mène à {names}. Changez l’identifiant de l’un des deux."


def _find_doubles(facet: Facet, terms: list[Any]) -> Iterator[str]:
    for term in terms:
        key, mark, _ = term.label_key.partition(LabelKeyField.DOUBLE)
        if key != compute_label_key(str(term)):
            yield f"« {term} » ({facet.label}) : sa clé n’est pas celle de son libellé. Ouvrez-le et enregistrez-le."
        elif mark and not term.merged_into_id:
            same = next((other for other in terms if other.label_key == key), term)
            yield f"« {term} » et « {same} » ({facet.label}) s’écrivent pareil. Fusionnez-les, ou renommez-en un."


def _get_end(term: Any, by_pk: dict[int, Any]) -> int | None:
    """Return the key of the term at the end of a chain of merges; None where it is a circle."""
    seen = set()
    while term.merged_into_id:
        if term.pk in seen:
            return None
        seen.add(term.pk)
        term = by_pk[term.merged_into_id]
    pk: int = term.pk
    return pk
