"""What the commands that write tables have in common: the formats, where the bytes go, what is said of it."""

from django.core.management.base import CommandError

from faq.domain.spreadsheet import TableTooBig
from faq.management.output import written_to
from faq.resources import WRITERS, Export


def add_export_arguments(parser):
    """Declare --format and --output."""
    formats = "|".join(WRITERS)
    parser.add_argument("--format", metavar=formats, default="csv", help="par défaut, csv (pour Excel en français)")
    parser.add_argument("--output", metavar="FICHIER", help="fichier à écrire (par défaut, la sortie standard)")


def write_export(command, resource, queryset, options, *, nouns):
    """Write a table where the options say; say so on standard error where that is a file.

    `nouns` names the rows: (one, several). Raises CommandError, in French, on an unknown format, on a
    path that cannot be written and on a table that Excel would cut.
    """
    output = options["output"]
    export = Export(resource, queryset, _known(options["format"]))
    if export.file_format == "xlsx" and output is None:
        _refuse_text(command.stdout)
    with written_to(output, command.stdout) as file:
        try:
            for piece in export:
                file.write(piece)
        except TableTooBig as error:
            raise CommandError(str(error)) from error
    if output is not None and options["verbosity"]:
        noun = nouns[export.rows > 1]
        command.stderr.write(f"{export.rows} {noun} dans « {output} ».", command.style.SUCCESS)


def _known(name):
    if name not in WRITERS:
        raise CommandError(f"Format inconnu : « {name} ». Choisissez csv, json ou xlsx.")
    return name


def _refuse_text(stdout):
    if stdout.isatty() or not hasattr(stdout, "buffer"):
        raise CommandError("Un classeur Excel ne s’affiche pas : indiquez un fichier avec --output.")
