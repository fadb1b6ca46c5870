"""The files of an import that somebody prepares: checked one by one, named, replaced, and told what is wrong."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from io import SEEK_END
from pathlib import PurePath
from typing import BinaryIO

from faq.domain.dumps import DumpError
from faq.domain.limits import DUMP_MAX_BYTES, DUMP_MAX_FILES, DUMP_NAME_MAX_LENGTH, format_number
from faq.domain.text import fold
from faq.models import Dump
from faq.services.content import ImportRefused
from faq.services.dumps import Source, inspect_source
from faq.services.dumps_export import dump_name

_HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""Categories of characters that nobody sees in a name."""
_REPLACEMENT = "\ufffd"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_LONGEST_NAME = 500
"""Characters of a name that are looked at."""


@dataclass(slots=True)
class PreviewFile:
    """One file of a preview."""

    label: str
    """The name of the file as it was sent."""
    name: str
    """The name of the dump."""
    size: int
    upload: int | None = None
    """The key of the upload that has its bytes; None where they were refused."""
    answers: int = 0
    fault: str = ""
    """Why its bytes were refused, in French, with the line, the byte and the cure; empty where it is a dump."""
    sha256: str = ""
    """The hash of its bytes; empty where they were refused."""
    note: str = ""
    """The remark on the file, in French, such as a text that follows the last vote line."""
    unchecked: str = ""
    """Why somebody has to look at the proposed name, in French; empty where nobody has to."""
    edition: int = 0
    """The edition that it would be, or is, once computed."""
    unchanged: bool = False
    """Whether its bytes are the newest edition already, once computed."""

    def as_row(self) -> dict[str, object]:
        """Return its fields as JSON stores them."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as a form sends it; the file can be read twice."""

    label: str
    file: BinaryIO
    name: str | None = None
    """The name that was typed for the dump; None where one is to be proposed."""


def read_file(sent: SentFile) -> tuple[PreviewFile, bytes]:
    """Check one file; return its description and its bytes, none where it is refused."""
    proposed, unchecked = propose_name(sent.label)
    name, unchecked = (proposed, unchecked) if sent.name is None else (clean_name(sent.name), "")
    sent.file.seek(0, SEEK_END)
    result = PreviewFile(clean_name(sent.label), name, sent.file.tell(), unchecked=unchecked)
    try:
        inspection = inspect_source(Source(name, sent.file, sent.label))
    except DumpError as error:
        result.fault = str(error)
        return result, b""
    result.answers, result.sha256, result.note = inspection.answers, inspection.sha256, inspection.note
    sent.file.seek(0)
    return result, sent.file.read()


def propose_name(label: str) -> tuple[str, str]:
    """Return the name of a dump made from that of its file, and why somebody should look at it, in French."""
    name = clean_name(PurePath(label).stem)
    hidden = _find_hidden(name)
    visible = "".join(letter for letter in name if not _is_hidden(letter))
    proposed = visible.replace("#", "-").strip()[:DUMP_NAME_MAX_LENGTH].strip()
    if not hidden:
        return proposed, ""
    return proposed, f"Le nom du fichier contient un caractère invisible ({hidden}) : vérifiez le nom proposé."


def clean_name(text: str) -> str:
    """Return a name as it can be stored and compared; what a database refuses is replaced, for `find_faults` to say."""
    return _UNSTORABLE.sub(_REPLACEMENT, dump_name(text)[:_LONGEST_NAME])


def find_faults(files: Sequence[PreviewFile]) -> list[list[str]]:
    """Return what stops the import, per file, as French sentences."""
    times = Counter(file.name for file in files)
    hashes: dict[str, set[str]] = defaultdict(set)
    for file in files:
        hashes[file.name].add(file.sha256)
    return [
        [*_find_own_faults(file), *_find_repetition(file, times[file.name], hashes[file.name] == {file.sha256})]
        for file in files
    ]


def check_together(files: Sequence[PreviewFile]) -> None:
    """Raise ImportRefused where files are too many, or too large together."""
    if not files:
        raise ImportRefused(
            ["Choisissez au moins un fichier. Si vous l’avez fait, son nom n’a pas pu être lu\u00a0: renommez-le."]
        )
    if len(files) > DUMP_MAX_FILES:
        raise ImportRefused(
            [f"{len(files)} fichiers, c’est trop : {DUMP_MAX_FILES} au plus à la fois. Importez-les en plusieurs fois."]
        )
    if (size := sum(file.size for file in files if not file.fault)) > DUMP_MAX_BYTES:
        limit, found = format_number(DUMP_MAX_BYTES), format_number(size)
        raise ImportRefused(
            [f"Ensemble, ces fichiers dépassent {limit} octets ({found} en tout). Importez-les en plusieurs fois."]
        )


def find_close_names(files: Sequence[PreviewFile]) -> list[str]:
    """Return, per file, the name of a stored dump that differs from its own by case or accents only, or nothing."""
    known = set(Dump.objects.current().values_list("name", flat=True))
    folded = {fold(name): name for name in sorted(known)}
    return ["" if file.name in known else folded.get(fold(file.name), "") for file in files]


def _find_own_faults(file: PreviewFile) -> Iterator[str]:
    if file.fault:
        yield file.fault
    if file.unchecked:
        yield file.unchecked
    if not file.name:
        yield "Il manque le nom de l’extraction : tapez-en un."
    elif "#" in file.name:
        yield "Le nom d’une extraction ne peut pas contenir « # », qui annonce le rang d’une réponse : retirez-le."
    elif len(file.name) > DUMP_NAME_MAX_LENGTH:
        yield f"Le nom dépasse {DUMP_NAME_MAX_LENGTH} caractères ({len(file.name)}) : raccourcissez-le."
    elif hidden := _find_hidden(file.name):
        yield f"Le nom contient un caractère invisible ({hidden}) : retapez-le."


def _find_repetition(file: PreviewFile, times: int, are_equal: bool) -> Iterator[str]:
    if times == 1 or not file.name:
        return
    if are_equal and file.sha256:
        yield (
            f"{times} fichiers sont le même, à l’octet près, et portent le nom "
            f"«\u00a0{file.name}\u00a0»\u00a0: n’en gardez qu’un."
        )
        return
    yield (
        f"{times} fichiers portent le nom «\u00a0{file.name}\u00a0»\u00a0: donnez-leur des noms différents, "
        "ou importez-les l’un après l’autre, par ordre d’édition."
    )


def _find_hidden(name: str) -> str:
    """Return the code of the first character that nobody sees, such as « U+200B », or nothing."""
    return next((f"U+{ord(letter):04X}" for letter in name if _is_hidden(letter)), "")


def _is_hidden(letter: str) -> bool:
    return letter == _REPLACEMENT or unicodedata.category(letter) in _HIDDEN
