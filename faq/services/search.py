"""What searches read, kept up to date in the transaction that publishes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connection, transaction

from faq.domain.search.analysis import GENERATION, Analysis, analyse, surface_forms
from faq.domain.search.postings import pack
from faq.models import Entry, Epoch, SearchedEntry, SearchForm, SearchStem
from faq.models.entries import reference
from faq.models.search import MOST_USEFUL
from faq.services.search_server import server_faults, tell_server

CHUNK = 500
_CURE = "lancez « manage.py rebuild_search »."
_ONE_QUERY = 30_000
"""Values in one query: fewer than SQLite and PostgreSQL take."""

Progress = Callable[[int, int], None]
"""Called with (entries done, entries in all)."""


def index_entries(entries: Iterable[Entry]) -> None:
    """Have searches find what the public reads of these entries from now on, or not find them any more.

    To be called in the transaction that changes them, after the epoch moved: whoever moves it waits for those who
    did, so that words are numbered by one transaction at a time.
    """
    for chunk in _chunks(entries):
        _index(chunk)
        tell_server([entry.pk for entry in chunk])


def _index(entries: Sequence[Entry]) -> None:
    live = [entry for entry in entries if entry.live_id]
    gone = [entry.pk for entry in entries if not entry.live_id]
    if gone:
        SearchedEntry.objects.filter(pk__in=gone).delete()
    _store(live)


@transaction.atomic
def rebuild_search(progress: Progress | None = None, *, tell: bool = True) -> int:
    """Analyse every live entry again; return how many there are. What is known of their usefulness stays.

    Without `tell`, a search server is not told: whoever calls fills it.
    """
    Epoch.move()
    known = set(SearchedEntry.objects.values_list("pk", flat=True))
    useful = dict(SearchedEntry.objects.exclude(usefulness=0).values_list("pk", "usefulness"))
    for table in (SearchedEntry, SearchForm, SearchStem):
        table.objects.all().delete()
    live = Entry.objects.live()
    total: int = live.count()
    done = 0
    for chunk in _chunks(live.order_by("pk").only("question", "answer", "live").iterator(CHUNK)):
        _index(chunk)
        known.update(entry.pk for entry in chunk)
        done += len(chunk)
        if progress:
            progress(done, total)
    _store_usefulness(useful)
    tell_server(known, at_once=tell)
    return total


def ensure_searchable(**signal: Any) -> None:
    """Analyse everything where nothing was, or where it was by an older program. Called after every migration."""
    if SearchedEntry._meta.db_table in connection.introspection.table_names() and search_is_out_of_date():
        rebuild_search()


def search_is_out_of_date() -> bool:
    """Return whether some live entries were not analysed, or by another generation of the analysis."""
    indexed = SearchedEntry.objects.filter(generation=GENERATION)
    return (
        indexed.count() != Entry.objects.live().count() or SearchedEntry.objects.exclude(generation=GENERATION).exists()
    )


def search_faults() -> Iterator[str]:
    """Say in French where what searches read is not what is live, as this program analyses it."""
    live, indexed = Entry.objects.live(), SearchedEntry.objects.all()
    for number in live.exclude(pk__in=indexed.values("pk")).values_list("pk", flat=True):
        yield f"{reference(number)} : en ligne, mais la recherche ne la connaît pas ; {_CURE}"
    for number in indexed.exclude(pk__in=live.values("pk")).values_list("pk", flat=True):
        yield f"{reference(number)} : la recherche la connaît, mais elle n’est pas en ligne ; {_CURE}"
    if old := indexed.exclude(generation=GENERATION).count():
        yield f"Recherche : {old} fiches sont analysées à l’ancienne façon ; {_CURE}"
    yield from server_faults()


@transaction.atomic
def set_usefulness(values: Mapping[int, int]) -> int:
    """Return what visitors make of live entries, by number: -100 (useful to nobody) to 100, 0 where it is not known.

    The more useful of two that a search finds equally is shown first. Gives how many changed; others are left alone.
    """
    known = dict(SearchedEntry.objects.values_list("pk", "usefulness"))
    changed = {number: value for number, value in values.items() if known.get(number, value) != value}
    if changed:
        Epoch.move(changed)
        _store_usefulness(changed)
        tell_server(changed.keys() & known.keys())
    return len(changed)


def rated_entries() -> list[int]:
    """Return the numbers of the entries of which it is known what visitors make of them."""
    return list(SearchedEntry.objects.exclude(usefulness=0).values_list("pk", flat=True))


def _store_usefulness(values: Mapping[int, int]) -> None:
    rows = [
        SearchedEntry(pk=number, usefulness=max(-MOST_USEFUL, min(MOST_USEFUL, value)))
        for number, value in sorted(values.items())
    ]
    SearchedEntry.objects.bulk_update(rows, ["usefulness"], batch_size=CHUNK)


def _store(entries: Sequence[Entry]) -> None:
    """Write the words of entries."""
    if not entries:
        return
    analysed = [(entry, analyse(entry.question, entry.answer)) for entry in entries]
    stems = _numbered({key for _, analysis in analysed for key in analysis.weights})
    _learn(analysed, stems)
    SearchedEntry.objects.bulk_create(
        (_row(entry, analysis, stems) for entry, analysis in analysed),
        update_conflicts=True,
        unique_fields=["entry"],
        update_fields=["words", "generation"],
    )


def _row(entry: Entry, analysis: Analysis, stems: Mapping[str, int]) -> SearchedEntry:
    words = pack({stems[key]: weight for key, weight in analysis.weights.items()})
    return SearchedEntry(entry=entry, words=words, generation=GENERATION)


def _numbered(keys: set[str]) -> dict[str, int]:
    """Return the numbers of stems; new ones get theirs."""
    numbers = _known(SearchStem, "key", keys)
    new = SearchStem.objects.bulk_create(SearchStem(key=key) for key in sorted(keys - numbers.keys()))
    return numbers | {stem.key: stem.pk for stem in new}


def _learn(analysed: Sequence[tuple[Entry, Analysis]], stems: Mapping[str, int]) -> None:
    """Remember the forms that were never seen before, as they are written where they were seen first."""
    forms = {form: key for _, analysis in analysed for form, key in analysis.forms.items()}
    new = forms.keys() - _known(SearchForm, "form", forms.keys()).keys()
    if not new:
        return
    shown: dict[str, str] = {}
    for entry, analysis in analysed:
        if (new - shown.keys()) & analysis.forms.keys():
            shown = surface_forms(f"{entry.question}\n{entry.answer}") | shown
    SearchForm.objects.bulk_create(
        SearchForm(form=form, shown=shown.get(form, form)[:100], stem_id=stems[forms[form]]) for form in sorted(new)
    )


def _known(table: type[SearchStem] | type[SearchForm], column: str, words: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in _chunks(sorted(words), _ONE_QUERY):
        found.update(table.objects.filter(**{f"{column}__in": chunk}).values_list(column, "pk"))
    return found


def _chunks(items: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
