"""Entries that come back from a table: compared with their latest versions, merged, refused, or left alone."""

from dataclasses import dataclass, replace
from datetime import datetime

from import_export.results import RowResult

from faq.domain.diff import Change, diff_question, diff_text
from faq.domain.facets import Facet, Filing
from faq.domain.merge import Merge, merge
from faq.domain.tables import TableUnreadable
from faq.domain.text import fingerprint, is_visible
from faq.enums import EntryStatus, Origin
from faq.models import Entry
from faq.models.entries import number_of, reference
from faq.resources.entries import EntryResource
from faq.resources.imports import ImportResource, RowRefused, TermFinder, mark_text
from faq.resources.tables import iso_date
from faq.selectors.published import load_taxonomy
from faq.services.conflicts import load_bases
from faq.services.content import NOT_FILED, Content, InvalidContent, clean, content_of
from faq.services.entries import Edit
from faq.services.matching import find_matches
from faq.services.tables import NewEntry, store_entry_table
from faq.services.versions import Provenance

_FACETS = tuple(Facet)
_BLANK = " \t\r\n"
_WRITTEN = ("question", "answer", *(facet.value for facet in Facet))


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it is now: its state, and the number and the content of its latest version."""

    status: str
    updated_at: datetime | None
    """None where the table says from which version each row starts."""
    row_version: int
    """The number of the version that the row of an export shows."""
    version: int
    content: Content


class EntryImport(ImportResource, EntryResource):
    """The entries of a table. A row without a reference is a new draft."""

    read_only = frozenset({"status", "live_version", "updated_at", "sources", "checked_on", "review_before"})
    naming = frozenset({"reference", "question", "answer"})
    not_text = frozenset({"reference", "version"})

    def before_import(self, dataset, **kwargs):
        """Recognise the columns, and read the taxonomy once."""
        super().before_import(dataset, **kwargs)
        self.taxonomy = load_taxonomy()
        self.terms = TermFinder(self.taxonomy)
        self.rows_by_number, self.rows_by_text = {}, {}
        self.edits, self.new = [], []

    def check_columns(self, found):
        """Raise TableUnreadable where no row can be written, or none can be known to be the latest."""
        if not found.keys() & set(_WRITTEN):
            raise TableUnreadable("Aucune colonne à importer\u00a0: ni question, ni réponse, ni classement.")
        if "reference" in found and not found.keys() & {"version", "updated_at"}:
            raise TableUnreadable(
                "Colonne absente\u00a0: Version. Elle dit de quel texte part chaque ligne\u00a0; "
                "exportez les fiches de nouveau."
            )

    def load_chunk(self, rows):
        """Bring along the entries that these rows name, and those of equal text, in a few queries."""
        # Most rows need none: they say what the latest version says.
        self.bases = None
        self.numbers = {text: number_of(text) for text in {cells.get("reference", "") for cells in rows}}
        self.fingerprints = {}
        for cells in rows:
            if not cells.get("reference", "").strip():
                answer = cells.get("answer", "")
                self.fingerprints.setdefault(answer, fingerprint(answer))
        self.matches = find_matches(self.fingerprints.values()) if self.fingerprints else {}
        named = {*self.numbers.values()} - {None}
        alike = {match.number for matches in self.matches.values() for match in matches}
        untold = [cells.get("question", "") for cells in rows if not cells.get("answer", "").strip()]
        self.unanswered = _read_unanswered(untold) if self.fingerprints else {}
        # Reading dates takes a tenth of the time of rows that change nothing.
        self.stored = _read_stored(named | alike | {*self.unanswered.values()}, dated="version" not in self.headers)

    def _get_base_version(self, number):
        """Return the version that the row of an entry started from, None where there is none: one query per chunk."""
        if self.bases is None:
            by_number = {self.numbers[cells["reference"]]: cells for cells in self.rows if "reference" in cells}
            guessed = {known: _guess_base(cells, self.stored.get(known)) for known, cells in by_number.items()}
            self.bases = load_bases({known: base for known, base in guessed.items() if base is not None})
        return self.bases.get(number)

    def read_row(self, cells, result):
        """Return what becomes of a row. Raises RowRefused."""
        if not cells.get("reference", "").strip():
            return self._read_new(cells, result)
        number = self._read_reference(cells["reference"], result)
        stored = self.stored[number]
        result.name = reference(number)
        filing = self._read_filing(cells, stored.content.filing)
        now = stored.content
        mine = Content(cells.get("question", now.question), cells.get("answer", now.answer), filing)
        if mine == stored.content:
            if cells.get("version", "").strip():
                _read_version(cells)
            return RowResult.IMPORT_TYPE_SKIP
        _check_is_visible(now, mine)
        return self._read_change(number, stored, mine, cells, result)

    def _read_reference(self, cell, result):
        number = self.numbers[cell]
        if number is None:
            written = cell.strip()[:40]
            raise RowRefused("reference", f"«\u00a0{written}\u00a0» n’est pas une référence, comme l’est Q-214.")
        if number not in self.stored:
            raise RowRefused("reference", f"Aucune fiche ne porte la référence {reference(number)}.")
        earlier = self.rows_by_number.setdefault(number, result.number)
        if earlier != result.number:
            raise RowRefused("reference", f"{reference(number)} est déjà à la ligne {earlier}.")
        return number

    def _read_filing(self, cells, otherwise: Filing):
        """Return the filing that a row gives; facets without a column stay as they are."""
        return {
            facet: self.terms.find(facet, cells[facet]) if facet in cells else otherwise[facet] for facet in _FACETS
        }

    def _read_change(self, number, stored, mine, cells, result):
        """Return what becomes of a row that differs from the latest version. Raises RowRefused."""
        base = self._read_base(number, stored, cells)
        started_from = None
        if base != stored.version:
            started_from = self._get_base_version(number)
            if started_from is None:
                raise RowRefused("version", f"La fiche n’a pas de version {base}, mais {stored.version} en tout.")
            mine = _fill_in(mine, content_of(started_from), cells)
        mine = self._clean(mine)
        if started_from is None:
            after = mine
        else:
            after = self._merge(content_of(started_from), stored, mine, base)
            result.note = f"Réunie avec la version {stored.version}, enregistrée depuis la version {base}."
        if after == stored.content:
            return RowResult.IMPORT_TYPE_SKIP
        if stored.status == EntryStatus.ARCHIVED:
            raise RowRefused("reference", f"{reference(number)} est archivée\u00a0: restaurez-la avant de la modifier.")
        result.before, result.after = stored.content, after
        self.edits.append(Edit(number, mine, base))
        return RowResult.IMPORT_TYPE_UPDATE

    def _read_base(self, number, stored, cells):
        """Return the number of the version that a row started from. Raises RowRefused."""
        if "version" not in cells:
            if cells["updated_at"].strip() != iso_date(stored.updated_at):
                raise RowRefused(
                    "updated_at",
                    f"Ligne périmée\u00a0: {reference(number)} a été modifiée depuis l’export. Exportez-la de nouveau.",
                )
            return stored.row_version
        return _read_version(cells)

    def _merge(self, base_content, stored, mine, base):
        """Return a change joined with what was saved since. Raises RowRefused where both changed the same."""
        merged: Merge = merge(base_content, stored.content, mine)
        if merged.conflicts:
            raise RowRefused(
                merged.conflicts[0],
                f"Ligne périmée\u00a0: elle part de la version {base}, et ce champ a été changé autrement depuis "
                f"(version {stored.version}). Exportez la fiche de nouveau.",
            )
        filing = {facet: terms.terms for facet, terms in merged.filing.items()}
        return self._clean(replace(mine, question=merged.question.text, answer=merged.answer.text, filing=filing))

    def _clean(self, content):
        try:
            return clean(content, self.taxonomy)
        except InvalidContent as invalid:
            raise RowRefused(invalid.field, str(invalid)) from invalid

    def _read_new(self, cells, result):
        """Return what becomes of a row without a reference: a draft, or an entry that is there. Raises RowRefused."""
        if cells.get("version", "").strip():
            raise RowRefused("reference", "La référence manque, alors que la ligne a une version.")
        filing = self._read_filing(cells, NOT_FILED)
        written = Content(cells.get("question", ""), cells.get("answer", ""), filing)
        _check_is_visible(Content(), written)
        content = self._clean(written)
        if not content.question and not content.answer:
            raise RowRefused("question", "Ni question ni réponse\u00a0: il n’y a pas de fiche à créer.")
        mark = self.fingerprints[cells.get("answer", "")]
        earlier = self.rows_by_text.setdefault((content.question, mark), result.number)
        if earlier != result.number:
            raise RowRefused("question", f"Même question et même réponse qu’à la ligne {earlier}.")
        if (number := self._find_alike(content, mark)) is not None:
            if self.stored[number].content == content:
                result.name = reference(number)
                return RowResult.IMPORT_TYPE_SKIP
            raise RowRefused(
                "reference",
                f"{reference(number)} a déjà cette question et cette réponse\u00a0: donnez sa référence et sa version.",
            )
        result.after = content
        self.new.append(NewEntry(content, mark))
        return RowResult.IMPORT_TYPE_NEW

    def _find_alike(self, content, mark):
        """Return the number of the entry in use that has the same question and an equal answer; None without one."""
        if not content.answer:
            return self.unanswered.get(content.question)
        for match in self.matches.get(mark, ()):
            if not match.archived and self.stored[match.number].content.question == content.question:
                return match.number
        return None

    def get_differences(self, row):
        """Return the fields that a row changes, each with its lines."""
        is_new, before, after = row.before is None, row.before or Content(), row.after
        if before.question != after.question:
            yield self.fields["question"].french, diff_question(before.question, after.question)
        if before.answer != after.answer:
            yield self.fields["answer"].french, diff_text(before.answer, after.answer)
        for facet in Facet:
            if before.filing[facet] != after.filing[facet]:
                yield self.fields[facet].french, list(self._compare_terms(facet, before, after, is_new=is_new))

    def _compare_terms(self, facet, before, after, *, is_new):
        old, new = before.filing[facet], after.filing[facet]
        for change, terms in ((Change.UNCHANGED, old & new), (Change.REMOVED, old - new), (Change.ADDED, new - old)):
            for term in sorted(terms):
                known = self.taxonomy.by_id.get((facet, term))
                yield mark_text(change, known.label if known else f"terme {term}")
        if not is_new and not (old and new):
            # No term is all terms.
            yield mark_text(Change.ADDED if old else Change.REMOVED, "transverse")

    def store(self):
        """Store the changes of all rows as one batch."""
        return store_entry_table(self.edits, self.new, Provenance(Origin.TABLE, self.user), label=self.label)


def _check_is_visible(before, content):
    """Raise RowRefused where a row writes a text of blanks and invisible characters alone, which looks empty."""
    for name in ("question", "answer"):
        text = getattr(content, name)
        if text.strip(_BLANK) and text != getattr(before, name) and not is_visible(text):
            raise RowRefused(
                name, "Ce texte ne contient que des caractères invisibles\u00a0: écrivez-le, ou videz la cellule."
            )


def _read_version(cells):
    """Return the number of the version that a row names. Raises RowRefused."""
    cell = cells["version"].strip()
    if not (base := _parse_version(cell)):
        what = f"«\u00a0{cell[:40]}\u00a0» n’est pas le numéro d’une version" if cell else "La version manque"
        raise RowRefused("version", f"{what}\u00a0: c’est celle de l’export dont part la ligne.")
    return base


def _parse_version(cell):
    """Return the number of a version, or None where a cell holds none."""
    cell = cell.strip()
    return int(cell) if cell.isascii() and cell.isdecimal() and len(cell) <= 9 else None


def _guess_base(cells, stored):
    """Return the version that a row may have to be merged from; None where it is the latest, or cannot be read."""
    if stored is None:
        return None
    base = _parse_version(cells["version"]) if "version" in cells else stored.row_version
    return base if base != stored.version else None


def _fill_in(mine, base, cells):
    """Return a change that says what its base said where the row has no cell."""
    return Content(
        mine.question if "question" in cells else base.question,
        mine.answer if "answer" in cells else base.answer,
        {facet: (mine if facet in cells else base).filing[facet] for facet in _FACETS},
    )


def _read_stored(numbers, *, dated):
    """Return the entries with these numbers as they are now, in one query; with their dates if these are needed."""
    columns = ("pk", "status", "updated_at" if dated else "pk", "live__number", "head__number")
    texts = ("head__question", "head__answer", "head__filing")
    rows = Entry.objects.filter(pk__in=numbers).values_list(*columns, *texts)
    return {
        number: StoredEntry(
            status, updated_at if dated else None, live or head, head, Content(question, answer, _read_ids(filing))
        )
        for number, status, updated_at, live, head, question, answer, filing in rows
    }


def _read_ids(filing):
    return {facet: frozenset(term["id"] for term in filing.get(facet, ())) for facet in _FACETS}


def _read_unanswered(questions):
    """Return, by their question, the entries in use that have one of these questions and no answer yet."""
    entries = Entry.objects.exclude(status=EntryStatus.ARCHIVED).filter(head__answer="", head__question__in=questions)
    return dict(entries.order_by("-pk").values_list("head__question", "pk"))
