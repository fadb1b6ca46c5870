"""Errors are told in French, on a page of the site, without help from the database."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import RequestFactory
from django.urls import include, path
from django.views.csrf import csrf_failure


def failing_with(error):
    """A view that fails."""

    def view(request):
        raise error

    return view


urlpatterns = [
    path("400/", failing_with(SuspiciousOperation("x"))),
    path("403/", failing_with(PermissionDenied())),
    path("404/", failing_with(Http404())),
    path("500/", failing_with(RuntimeError("x"))),
    path("right/", failing_with(PermissionDenied("Il faudrait le droit de publier."))),
    path("", include("faq.urls")),
]


def is_a_page_of_ours(response, status, words):
    page = response.content.decode()
    assert response.status_code == status
    assert words in page
    assert f"Erreur {status}" in page
    assert '<html lang="fr"' in page
    assert 'class="fr-header"' in page
    assert "motif-technique" not in page


# No mark for the database: a query would fail these tests.
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/400/", 400, "Demande illisible"),
        ("/403/", 403, "Votre compte ne donne pas accès à cette page."),
        ("/right/", 403, "Il faudrait le droit de publier."),
        ("/404/", 404, "Page introuvable"),
        ("/500/", 500, "Le site a rencontré une erreur"),
    ],
)
def test_error_pages(client, caplog, address, status, words):
    client.raise_request_exception = False
    is_a_page_of_ours(client.get(address), status, words)


def test_a_form_of_another_day():
    response = csrf_failure(RequestFactory().post("/"), reason="motif-technique")
    is_a_page_of_ours(response, 403, "Formulaire refusé")
