"""The French of ours that replaces Django's, compiled from the files that people edit."""

from pathlib import Path

import polib

_FOLDER = Path(__file__).resolve().parents[1] / "faqcms" / "locale" / "fr" / "LC_MESSAGES"
SOURCES = (_FOLDER / "django.po", _FOLDER / "djangojs.po")
"""The texts of pages, then those of scripts."""


def compile_messages() -> None:
    """Write the compiled files beside their sources."""
    for source in SOURCES:
        polib.pofile(str(source)).save_as_mofile(str(source.with_suffix(".mo")))


if __name__ == "__main__":
    compile_messages()
