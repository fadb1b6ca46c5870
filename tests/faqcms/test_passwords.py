"""« Mot de passe oublié »: a link by mail, used once, that tells nobody which accounts exist."""

import re

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse

pytestmark = pytest.mark.django_db

NEW = "correct-cheval-agrafe"


@pytest.fixture(autouse=True)
def sends_mail(settings):
    """Let the site send mails, into memory."""
    settings.SENDS_MAIL = True


def ask(client, address):
    return client.post(reverse("password_reset"), {"email": address}, follow=True)


def link_in(message):
    return re.search(r"http://testserver(/\S+)", message.body).group(1)


def test_the_sign_in_page_leads_there(client):
    assert f'href="{reverse("password_reset")}"' in client.get(reverse("admin:login")).content.decode()


def test_a_forgotten_password_is_chosen_again(client):
    camille = User.objects.create_user("camille", "camille@example.org", "ancien")
    assert "Si un compte a cette adresse" in ask(client, "Camille@example.org").content.decode()
    [message] = mail.outbox
    assert message.to == ["camille@example.org"]
    assert message.subject == "Votre mot de passe de faqcms"
    page = client.get(link_in(message), follow=True)
    chosen = client.post(page.redirect_chain[-1][0], {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert "est enregistré" in chosen.content.decode()
    camille.refresh_from_db()
    assert camille.check_password(NEW)
    assert "a déjà servi" in client.get(link_in(message), follow=True).content.decode()


def test_two_passwords_that_differ_are_said(client):
    User.objects.create_user("camille", "camille@example.org", "ancien")
    ask(client, "camille@example.org")
    page = client.get(link_in(mail.outbox[0]), follow=True)
    address = page.redirect_chain[-1][0]
    refused = client.post(address, {"new_password1": NEW, "new_password2": "autre"}).content.decode()
    assert "Les deux mots de passe diffèrent" in refused


@pytest.mark.parametrize("account", [None, {"is_active": False}, {"password": None}])
def test_the_answer_is_the_same_where_nothing_is_sent(client, account):
    if account is not None:
        User.objects.create_user("camille", "camille@example.org", **{"password": "ancien", **account})
    assert "Si un compte a cette adresse" in ask(client, "camille@example.org").content.decode()
    assert mail.outbox == []


def test_a_mail_server_that_fails_tells_nobody_which_accounts_exist(client, monkeypatch):
    User.objects.create_user("camille", "camille@example.org", "ancien")

    def fail(self, messages):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    assert "Si un compte a cette adresse" in ask(client, "camille@example.org").content.decode()


def test_a_site_that_sends_no_mail_says_who_can_help(client, settings):
    settings.SENDS_MAIL = False
    page = client.get(reverse("password_reset")).content.decode()
    assert "Un administrateur peut vous donner un nouveau mot de passe" in page
    assert 'name="email"' not in page


@pytest.mark.parametrize("link", ["x/y/", "MQ/set-password/", "MQ/abc-0123456789/"])
def test_a_link_that_is_no_link_leads_to_a_new_one(client, link):
    page = client.get(f"{reverse('password_reset')}{link}").content.decode()
    assert f'href="{reverse("password_reset")}"' in page


def test_the_link_names_the_site_as_configured(client, settings):
    settings.SITE_URL = "https://faq.example.org"
    User.objects.create_user("camille", "camille@example.org", "ancien")
    client.post(reverse("password_reset"), {"email": "camille@example.org"}, headers={"host": "testserver:9999"})
    [message] = mail.outbox
    assert "https://faq.example.org/admin/mot-de-passe/" in message.body
    assert "9999" not in message.body
