"""The public page, as Django makes it for a request, beside a view that does nothing."""

from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from faq.models import Epoch
from tests.benchmarks import data
from tests.benchmarks.measure import Cost, apart, cost, figure, milliseconds, table

SIZES = (100, 1_000, 10_000)

urlpatterns = [
    path("vide/", lambda request: HttpResponse("")),
    path("", include("faqcms.urls")),
]


def run() -> None:
    """Measure and print; leaves as many published entries as the largest size."""
    rows = [row for size in SIZES for row in apart(_rows, size)]
    table(
        "Pages publiques, par le client de test, gabarits et index déjà chargés.",
        ("fiches", "page", "UC (ms)", "requêtes", "octets"),
        rows,
    )


@override_settings(ROOT_URLCONF=__name__)
def _rows(size: int) -> list[tuple[str, ...]]:
    data.fill(size)
    offer = data.taxonomy().terms[0].slug
    rows = [
        _row(size, "vue vide", _warm("/vide/")),
        _row(size, "accueil", _warm("/")),
        _row(size, "après un choix", _warm(f"/?offre={offer}")),
        _row(size, "accueil, juste après un changement", _after_a_change()),
    ]
    return rows


def _row(size: int, page: str, spent: Cost) -> tuple[str, ...]:
    return figure(size), page, milliseconds(spent.cpu), figure(spent.queries), figure(spent.result)


def _warm(address: str) -> Cost:
    client = Client()
    _get(client, address)
    return cost(lambda: _get(client, address))


def _after_a_change() -> Cost:
    client = Client()
    _get(client, "/")
    Epoch.move()
    return cost(lambda: _get(client, "/"), patience=0)


def _get(client: Client, address: str) -> int:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} répond {response.status_code}")
    return len(response.content)
