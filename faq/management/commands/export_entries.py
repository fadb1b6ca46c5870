"""manage.py export_entries --format csv|json|xlsx [--output FILE]."""

from django.core.management.base import BaseCommand

from faq.management.exports import add_export_arguments, write_export
from faq.models import Entry
from faq.resources import EntryResource


class Command(BaseCommand):
    """Write all entries as a table."""

    help = "Exporte toutes les fiches, avec leur classement et leurs sources, en CSV, JSON ou XLSX."

    def add_arguments(self, parser):
        """Declare the format and what to write where."""
        add_export_arguments(parser)

    def handle(self, **options):
        """Write the table and nothing else."""
        nouns = ("fiche écrite", "fiches écrites")
        write_export(self, EntryResource(), Entry.objects.all(), options, nouns=nouns)
