"""manage.py rebuild_search [--pending]."""

from django.core.management.base import BaseCommand, CommandError

from faq.management.progress import progress_on
from faq.selectors.search.server_client import ServerFault, get_search_server
from faq.services.search import rebuild_search
from faq.services.search_server import ServerNotFilled, fill_server, send_changes


class Command(BaseCommand):
    """Analyse every live entry again, and fill the search server where one is switched on."""

    help = (
        "Analyse de nouveau toutes les fiches en ligne pour la recherche, puis remplit le moteur de recherche que "
        "SEARCH_URL désigne, s’il y en a un. Les votes et les synonymes restent."
    )

    def add_arguments(self, parser):
        """Declare the option."""
        parser.add_argument(
            "--pending",
            action="store_true",
            help="n’analyse rien : envoie seulement au moteur de recherche les changements qu’il n’a pas reçus",
        )

    def handle(self, *, pending, **options):
        """Rebuild: the search works as before until it is done."""
        server = get_search_server()
        if pending:
            if server is None:
                raise CommandError("Aucun moteur de recherche : SEARCH_URL n’est pas définie.")
            self._report(self._on_server(send_changes, server))
            return
        total = rebuild_search(progress_on(self.stderr, "fiches"), send=server is None)
        self.stdout.write(f"Recherche reconstruite : {total} fiche{'s' if total > 1 else ''} en ligne.")
        if server:
            self._report(self._on_server(fill_server, server, progress_on(self.stderr, "fiches envoyées")))

    def _report(self, total: int) -> None:
        plural = "s" if total > 1 else ""
        self.stdout.write(f"Moteur de recherche : {total} fiche{plural} envoyée{plural}.")

    def _on_server(self, work, server, *arguments) -> int:
        try:
            return work(server, *arguments)
        except (ServerFault, ServerNotFilled) as fault:
            raise CommandError(f"Moteur de recherche {server.address} : {fault}") from fault
