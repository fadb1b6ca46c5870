"""The analysed words that searches read, stored in the transaction that publishes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from faq.domain.chunks import split_in_chunks
from faq.domain.markup import blank_markup
from faq.domain.search.analysis import GENERATION, Analysis, analyse, surface_forms
from faq.domain.search.postings import pack
from faq.models import Entry, Epoch, SearchedEntry, SearchForm, SearchStem
from faq.models.entries import reference
from faq.models.search import MOST_USEFUL
from faq.services.search_server import ProgressReport, find_server_faults, schedule_update

CHUNK = 500
_REMEDY = "lancez « manage.py rebuild_search »."
_MOST_VALUES = 30_000
"""Values in one query: fewer than SQLite and PostgreSQL accept."""


def index_entries(entries: Iterable[Entry]) -> None:
    """Store the analysed words of entries that are live, and delete those of the others.

    To be called in the transaction that changes them, after it moved the epoch: the lock on the epoch lets one
    transaction at a time number new words.
    """
    for chunk in split_in_chunks(entries, CHUNK):
        _store_chunk(chunk)
        schedule_update([entry.pk for entry in chunk])


def _store_chunk(entries: Sequence[Entry]) -> None:
    live = [entry for entry in entries if entry.live_id]
    gone = [entry.pk for entry in entries if not entry.live_id]
    if gone:
        SearchedEntry.objects.filter(pk__in=gone).delete()
    _store_words(live)


@transaction.atomic
def rebuild_search(progress: ProgressReport | None = None, *, send: bool = True) -> int:
    """Analyse every live entry again; return their number. Their usefulness stays.

    Without `send`, nothing is sent to a search server: the caller fills it.
    """
    Epoch.move()
    known = set(SearchedEntry.objects.values_list("pk", flat=True))
    useful = dict(SearchedEntry.objects.exclude(usefulness=0).values_list("pk", "usefulness"))
    for table in (SearchedEntry, SearchForm, SearchStem):
        table.objects.all().delete()
    live = Entry.objects.live()
    total: int = live.count()
    done = 0
    entries = live.order_by("pk").only("question", "answer", "live").iterator(CHUNK)
    for chunk in split_in_chunks(entries, CHUNK):
        _store_chunk(chunk)
        known.update(entry.pk for entry in chunk)
        done += len(chunk)
        if progress:
            progress(done, total)
    _store_usefulness(useful)
    schedule_update(known, send=send)
    return total


def ensure_searchable(**signal: Any) -> None:
    """Analyse everything where some entry was not, or by another generation. Called after every migration."""
    if SearchedEntry._meta.db_table in connection.introspection.table_names() and is_search_out_of_date():
        rebuild_search()


def is_search_out_of_date() -> bool:
    """Return whether some live entry was not analysed, or by another generation of the analysis."""
    indexed = SearchedEntry.objects.all()
    return indexed.count() != Entry.objects.live().count() or indexed.exclude(generation=GENERATION).exists()


def find_search_faults() -> Iterator[str]:
    """Yield in French where the stored words are not those of the live entries."""
    live, indexed = Entry.objects.live(), SearchedEntry.objects.all()
    for number in live.exclude(pk__in=indexed.values("pk")).values_list("pk", flat=True):
        yield f"{reference(number)} : en ligne, mais la recherche ne la connaît pas ; {_REMEDY}"
    for number in indexed.exclude(pk__in=live.values("pk")).values_list("pk", flat=True):
        yield f"{reference(number)} : la recherche la connaît, mais elle n’est pas en ligne ; {_REMEDY}"
    if old := indexed.exclude(generation=GENERATION).count():
        yield f"Recherche : {old} fiches sont analysées à l’ancienne façon ; {_REMEDY}"
    yield from find_server_faults()


@transaction.atomic
def store_usefulness(values: Mapping[int, int]) -> int:
    """Store the usefulness of live entries, by number: from -100 (useful to nobody) to 100; 0 where it is not known.

    Of two equal matches, the more useful comes first. Returns how many changed; entries not named stay as they are.
    """
    known = dict(SearchedEntry.objects.values_list("pk", "usefulness"))
    changed = {number: value for number, value in values.items() if known.get(number, value) != value}
    if changed:
        Epoch.move(changed)
        _store_usefulness(changed)
        schedule_update(changed.keys() & known.keys())
    return len(changed)


def find_rated_entries() -> list[int]:
    """Return the numbers of the entries whose usefulness is known."""
    return list(SearchedEntry.objects.exclude(usefulness=0).values_list("pk", flat=True))


def _store_usefulness(values: Mapping[int, int]) -> None:
    rows = [
        SearchedEntry(pk=number, usefulness=max(-MOST_USEFUL, min(MOST_USEFUL, value)))
        for number, value in sorted(values.items())
    ]
    SearchedEntry.objects.bulk_update(rows, ["usefulness"], batch_size=CHUNK)


def _store_words(entries: Sequence[Entry]) -> None:
    """Analyse entries and store their words."""
    if not entries:
        return
    analysed = [(entry, analyse(entry.question, entry.answer)) for entry in entries]
    stems = _number_stems({key for _, analysis in analysed for key in analysis.weights})
    _store_new_forms(analysed, stems)
    SearchedEntry.objects.bulk_create(
        (_build_row(entry, analysis, stems) for entry, analysis in analysed),
        update_conflicts=True,
        unique_fields=["entry"],
        update_fields=["words", "generation"],
    )


def _build_row(entry: Entry, analysis: Analysis, stems: Mapping[str, int]) -> SearchedEntry:
    words = pack({stems[key]: weight for key, weight in analysis.weights.items()})
    return SearchedEntry(entry=entry, words=words, generation=GENERATION)


def _number_stems(keys: set[str]) -> dict[str, int]:
    """Return the numbers of stems; new ones are stored."""
    numbers = _find_numbers(SearchStem, "key", keys)
    new = SearchStem.objects.bulk_create(SearchStem(key=key) for key in sorted(keys - numbers.keys()))
    return numbers | {stem.key: stem.pk for stem in new}


def _store_new_forms(analysed: Sequence[tuple[Entry, Analysis]], stems: Mapping[str, int]) -> None:
    """Store the forms that are new, as they are written in the first of these entries."""
    forms = {form: key for _, analysis in analysed for form, key in analysis.forms.items()}
    new = forms.keys() - _find_numbers(SearchForm, "form", forms.keys()).keys()
    if not new:
        return
    shown: dict[str, str] = {}
    for entry, analysis in analysed:
        if (new - shown.keys()) & analysis.forms.keys():
            shown = surface_forms(f"{entry.question}\n{blank_markup(entry.answer)}") | shown
    SearchForm.objects.bulk_create(
        SearchForm(form=form, shown=shown.get(form, form)[:100], stem_id=stems[forms[form]]) for form in sorted(new)
    )


def _find_numbers(table: type[SearchStem] | type[SearchForm], column: str, words: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in split_in_chunks(sorted(words), _MOST_VALUES):
        found.update(table.objects.filter(**{f"{column}__in": chunk}).values_list(column, "pk"))
    return found
