"""manage.py export_table TABLE --format csv|json|xlsx [--headers stable|french] [--output FILE]."""

from django.core.management.base import BaseCommand, CommandError

from faq.management.exports import add_export_arguments, write_export
from faq.resources import EXPORTS
from feedback.resources import CommentResource, ListedVoteResource

_TABLES = EXPORTS | {"votes": ListedVoteResource, "comments": CommentResource}


class Command(BaseCommand):
    """Write any table as its list in the admin exports it without filters."""

    help = "Exporte un tableau entier, tel que sa liste de l’administration l’exporte sans filtre."

    def add_arguments(self, parser):
        """Declare the table, the format and what to write where."""
        parser.add_argument("table", metavar="TABLEAU", help=f"au choix : {', '.join(_TABLES)}")
        add_export_arguments(parser)

    def handle(self, *, table, **options):
        """Write the table and nothing else."""
        if table not in _TABLES:
            raise CommandError(f"Tableau inconnu : « {table} ». Choisissez parmi : {', '.join(_TABLES)}.")
        resource = _TABLES[table]()
        write_export(
            self, resource, resource.model._default_manager.all(), options, nouns=("ligne écrite", "lignes écrites")
        )
