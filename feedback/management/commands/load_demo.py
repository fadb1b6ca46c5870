"""manage.py load_demo [--address URL]."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from feedback.demo import ACCOUNTS, create_accounts, load_demo
from feedback.demo_queues import fill_queues


class Command(BaseCommand):
    """Bring the database up to date, fill it once with the demo FAQ, and say where everything is."""

    help = "Prépare la base, la remplit une fois avec la FAQ de démonstration, et indique adresses et comptes."

    def add_arguments(self, parser):
        """Declare the address that the site will be served at."""
        parser.add_argument("--address", default="http://127.0.0.1:8000/", help="adresse à annoncer")

    def handle(self, *, address, **options):
        """Migrate, fill, print; explain a database that is broken."""
        if not settings.DEMO_ACCOUNTS:
            raise CommandError(
                "La démonstration crée des comptes dont le mot de passe est public : elle n’est possible "
                "qu’avec les réglages de développement."
            )
        try:
            self._check_file()
            call_command("migrate", verbosity=0, interactive=False)
            filled = load_demo(settings.BASE_DIR / "fixtures")
            create_accounts()
            fill_queues(settings.BASE_DIR / "fixtures")
        except DatabaseError as error:
            raise CommandError(self._explain(error)) from error
        self._announce(address, filled)

    def _check_file(self):
        """Read an SQLite file through, since a damaged page might otherwise show only months later."""
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                problems = cursor.execute("PRAGMA quick_check").fetchall()
            if problems != [("ok",)]:
                raise DatabaseError("; ".join(text for (text,) in problems[:3]))

    def _explain(self, error):
        name = connection.settings_dict["NAME"]
        if connection.vendor != "sqlite":
            return f"La base « {name} » ne répond pas comme prévu : {error}. Vérifiez DATABASE_URL et le serveur."
        return (
            f"Le fichier de la base est abîmé ou inaccessible : {name} ({error}). Rien n’y a été changé. "
            f"Pour repartir d’une base neuve, mettez-le de côté puis recommencez : mv '{name}' '{name}.abime'"
        )

    def _announce(self, address, filled):
        done = (
            "La FAQ de démonstration est prête." if filled else "La FAQ de démonstration était déjà là, telle quelle."
        )
        self.stdout.write(f"{done}\n\n  Site public      {address}\n  Administration   {address}admin/\n")
        for account in ACCOUNTS:
            self.stdout.write(f"    {account.role:<15} {account.name} / {account.password}")
        self.stdout.write("")
        self.stdout.flush()
