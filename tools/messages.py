"""The French of ours that replaces Django's, compiled from the file that people edit."""

from pathlib import Path

import polib

SOURCE = Path(__file__).resolve().parents[1] / "faqcms" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
COMPILED = SOURCE.with_suffix(".mo")


def compile_messages() -> None:
    """Write the compiled file beside its source."""
    polib.pofile(str(SOURCE)).save_as_mofile(str(COMPILED))


if __name__ == "__main__":
    compile_messages()
