import pytest
from django.core.exceptions import ImproperlyConfigured

from faqcms.mail import mail


@pytest.mark.parametrize(
    ("address", "tls", "ssl", "port"),
    [
        ("smtp+tls://ans:p%40ss@mail.example.org:587", True, False, 587),
        ("smtp+ssl://ans:p%40ss@mail.example.org:465", False, True, 465),
        ("smtp://ans:p%40ss@mail.example.org", False, False, 25),
    ],
)
def test_a_server_that_speaks_smtp(address, tls, ssl, port):
    settings = mail(address)
    assert settings["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"]) == ("mail.example.org", port)
    assert (settings["EMAIL_HOST_USER"], settings["EMAIL_HOST_PASSWORD"]) == ("ans", "p@ss")
    assert (settings["EMAIL_USE_TLS"], settings["EMAIL_USE_SSL"]) == (tls, ssl)


def test_a_server_without_password():
    settings = mail("smtp://localhost:2525")
    assert (settings["EMAIL_HOST_USER"], settings["EMAIL_HOST_PASSWORD"]) == ("", "")


@pytest.mark.parametrize("address", ["mail.example.org", "http://mail.example.org", "consolemail://", "smtp://"])
def test_anything_else_is_refused_with_examples(address):
    with pytest.raises(ImproperlyConfigured, match=r"EMAIL_URL.*smtp\+tls://"):
        mail(address)
