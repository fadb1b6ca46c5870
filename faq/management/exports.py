"""The options and the output of commands that write tables."""

from django.core.management.base import CommandError

from faq.domain.spreadsheet import TableTooBig
from faq.enums import Headers
from faq.management.output import written_to
from faq.resources import WRITERS, Export


def add_export_arguments(parser):
    """Declare --format, --headers and --output."""
    formats = "|".join(WRITERS)
    parser.add_argument("--format", metavar=formats, default="csv", help="par défaut, csv (pour Excel en français)")
    parser.add_argument(
        "--headers",
        metavar="|".join(Headers.values),
        default=Headers.STABLE,
        help="noms des colonnes : stable, pour les programmes (par défaut), ou french",
    )
    parser.add_argument("--output", metavar="FICHIER", help="fichier à écrire (par défaut, la sortie standard)")


def write_export(command, resource, queryset, options, *, nouns):
    """Write a table as the options say, and say so on standard error where the output is a file.

    `nouns` names the rows: (one, several). Raises CommandError, in French, on an unknown format, on a
    path that cannot be written and on a table that Excel would cut.
    """
    headers = check_headers(options["headers"])
    export = Export(resource, queryset, _check_format(options["format"]), headers)
    if export.file_format == "xlsx" and options["output"] is None:
        _check_binary(command.stdout)
    write_pieces(command, export, options)
    tell_written(command, export.rows, options, nouns=nouns)


def write_pieces(command, pieces, options):
    """Write the bytes of a table where --output says, whole or not at all. Raises CommandError, in French."""
    with written_to(options["output"], command.stdout) as file:
        try:
            for piece in pieces:
                file.write(piece)
        except TableTooBig as error:
            raise CommandError(str(error)) from error


def tell_written(command, number, options, *, nouns):
    """Say on standard error how many rows a file got; `nouns` names them: (one, several)."""
    if options["output"] is not None and options["verbosity"]:
        command.stderr.write(f"{number} {nouns[number > 1]} dans « {options['output']} ».", command.style.SUCCESS)


def check_headers(name):
    """Return the kind of headers that an option names. Raises CommandError."""
    if name not in Headers.values:
        raise CommandError(f"Noms de colonnes inconnus : « {name} ». Choisissez {' ou '.join(Headers.values)}.")
    return Headers(name)


def _check_format(name):
    if name not in WRITERS:
        raise CommandError(f"Format inconnu : « {name} ». Choisissez csv, json ou xlsx.")
    return name


def _check_binary(stdout):
    if stdout.isatty() or not hasattr(stdout, "buffer"):
        raise CommandError("Un classeur Excel ne s’affiche pas : indiquez un fichier avec --output.")
