"""python -m tests.evaluation.masking FILE: measure the masking of personal data on a list of labelled remarks.

Each line holds a label, a text and its secrets, separated by tabs. Of a text labelled `oui` no secret may survive, nor
four digits of one in a row; several secrets are joined by « || ». A text labelled `non` comes out unchanged.
"""

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path

from faq.domain.personal_data import mask_personal_data

PERSONAL, HARMLESS = "oui", "non"
_SURVIVING_DIGITS = 4


@dataclass(frozen=True, slots=True)
class LabelledRemark:
    """A text, and what of it must not be stored; nothing for a text without personal data."""

    text: str
    secrets: tuple[str, ...] = ()

    def is_right(self, masked: str) -> bool:
        """Return whether a masked text keeps no secret, or is the text itself where there is none."""
        if not self.secrets:
            return masked == self.text
        return not any(secret in masked or _digits_survive(secret, masked) for secret in self.secrets)


@dataclass(slots=True)
class MaskingReport:
    """How many texts came out right, and the others beside what became of them."""

    right: dict[str, int] = field(default_factory=lambda: {PERSONAL: 0, HARMLESS: 0})
    misses: dict[str, list[tuple[LabelledRemark, str]]] = field(default_factory=lambda: {PERSONAL: [], HARMLESS: []})

    def add(self, remark: LabelledRemark) -> None:
        """Mask a text and count it."""
        label, masked = PERSONAL if remark.secrets else HARMLESS, mask_personal_data(remark.text)
        if remark.is_right(masked):
            self.right[label] += 1
        else:
            self.misses[label].append((remark, masked))

    def lines(self) -> list[str]:
        """Return the report as lines: the misses, then both rates."""
        missed = [
            f"{label}\t{remark.text}\t→ {masked}" for label in self.misses for remark, masked in self.misses[label]
        ]
        personal, harmless = (self.right[label] + len(self.misses[label]) for label in (PERSONAL, HARMLESS))
        return [
            *missed,
            f"données personnelles masquées : {_rate(self.right[PERSONAL], personal)}",
            f"autres textes changés à tort : {_rate(len(self.misses[HARMLESS]), harmless)}",
        ]


def parse_remarks(text: str) -> list[LabelledRemark]:
    """Return the remarks of a list; raise ValueError for a line that is none."""
    remarks = []
    for number, line in enumerate(filter(None, text.split("\n")), 1):
        label, remark, secrets = [*line.split("\t"), ""][:3]
        if label not in (PERSONAL, HARMLESS) or (label == PERSONAL) != bool(secrets):
            raise ValueError(f"Ligne {number} : « oui » et des secrets, ou « non » sans secret.")
        remarks.append(LabelledRemark(remark, tuple(filter(None, secrets.split(" || ")))))
    return remarks


def evaluate(remarks: list[LabelledRemark]) -> MaskingReport:
    """Return what masking makes of all remarks."""
    report = MaskingReport()
    for remark in remarks:
        report.add(remark)
    return report


def main(arguments: list[str] | None = None) -> None:
    """Evaluate the masking on a file and print the misses and both rates."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.masking", description=(__doc__ or "")[:120])
    parser.add_argument("file", type=Path, help="étiquette, texte et secrets, séparés par des tabulations")
    report = evaluate(parse_remarks(parser.parse_args(arguments).file.read_text()))
    for line in report.lines():
        sys.stdout.write(f"{line}\n")


def _digits_survive(secret: str, masked: str) -> bool:
    """Return whether four digits of a secret in a row, as they follow each other in it, are still there."""
    digits = "".join(filter(str.isdecimal, secret))
    runs = (digits[start : start + _SURVIVING_DIGITS] for start in range(len(digits) - _SURVIVING_DIGITS + 1))
    left = "".join(filter(str.isdecimal, masked))
    return any(run in left for run in runs)


def _rate(number: int, of: int) -> str:
    return f"{number} sur {of} ({100 * number / of:.1f} %)" if of else "aucun texte"


if __name__ == "__main__":
    main()
