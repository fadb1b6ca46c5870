"""Accounts in the admin: usable by an administrateur, who gets no further than the roles."""

import html
import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.urls import reverse

from faq.services.roles import may_enter, people
from tests.factories import an_entry

pytestmark = pytest.mark.django_db


def page_of(user):
    return reverse("admin:auth_user_change", args=(user.pk,))


@pytest.mark.every_database
def test_an_administrateur_creates_an_account_and_gives_it_a_role(administrateur):
    password = "mot-de-passe-solide-1"
    data = {"username": "camille", "password1": password, "password2": password, "usable_password": "true"}
    assert administrateur.post(reverse("admin:auth_user_add"), data).status_code == 302
    camille = User.objects.get(username="camille")
    role = Group.objects.get(name="rédacteur")
    data = {"username": "camille", "is_active": "on", "groups": [role.pk]}
    assert administrateur.post(page_of(camille), data).status_code == 302
    assert User.objects.get(username="camille").has_perm("faq.change_entry")


def test_one_form_creates_a_person_with_name_address_and_role(administrateur, client):
    password = "mot-de-passe-solide-1"
    role = Group.objects.get(name="rédacteur")
    data = {
        "username": "camille",
        "first_name": "Camille",
        "last_name": "Durand",
        "email": "camille@example.org",
        "groups": [role.pk],
        "usable_password": "true",
        "password1": password,
        "password2": password,
    }
    assert administrateur.post(reverse("admin:auth_user_add"), data).status_code == 302
    camille = User.objects.get(username="camille")
    assert (camille.get_full_name(), camille.email) == ("Camille Durand", "camille@example.org")
    signed_in = client.post(reverse("admin:login"), {"username": "camille", "password": password})
    assert signed_in.status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200


def test_an_account_without_a_role_is_told_so_and_its_password_is_not_blamed(client):
    User.objects.create_user("camille", password="secret")
    page = client.post(reverse("admin:login"), {"username": "camille", "password": "secret"})
    assert "Ce compte n’a pas encore de rôle" in page.content.decode()
    wrong = client.post(reverse("admin:login"), {"username": "camille", "password": "autre"})
    assert "L’identifiant ou le mot de passe n’est pas le bon" in wrong.content.decode()


def test_taking_the_last_role_shuts_out_at_once(client):
    camille = User.objects.create_user("camille")
    camille.groups.add(Group.objects.get(name="rédacteur"))
    client.force_login(camille)
    assert client.get(reverse("admin:index")).status_code == 200
    camille.groups.clear()
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize("way", ["staff", "superuser", "role", "empty role", "right", "nothing", "closed"])
def test_those_who_may_enter_are_the_people_to_choose_from(way):
    user = User.objects.create_user(
        "camille", is_staff=way == "staff", is_superuser=way == "superuser", is_active=way != "closed"
    )
    if way in ("role", "closed"):
        user.groups.add(Group.objects.get(name="analyste"))
    if way == "empty role":
        user.groups.add(Group.objects.create(name="vide"))
    if way == "right":
        user.user_permissions.add(Permission.objects.get(codename="view_entry"))
    assert may_enter(user) == (user in people())
    assert may_enter(user) == (way not in ("empty role", "nothing", "closed"))


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_shows_roles_and_last_visits_in_as_many_queries_whatever_its_length(
    administrateur, number, django_assert_num_queries
):
    role = Group.objects.get(name="analyste")
    for index in range(number):
        User.objects.create_user(f"personne-{index}").groups.add(role)
    with django_assert_num_queries(9):
        page = administrateur.get(reverse("admin:auth_user_changelist")).content.decode()
    assert page.count("analyste</td>") == number
    assert "jamais" in page


def test_the_list_names_the_last_visit_and_the_last_change(administrateur):
    author = administrateur.user
    User.objects.filter(pk=author.pk).update(last_login=datetime(2026, 3, 1, 8, 5, tzinfo=UTC))
    an_entry(question="Une question", author=author)
    page = administrateur.get(reverse("admin:auth_user_changelist")).content.decode()
    assert "1er\u00a0mars 2026 à 9\u00a0h\u00a005" in page
    assert "aucun</td>" not in page


@pytest.mark.every_database
def test_nobody_is_made_more_powerful_than_the_roles(administrateur):
    user = administrateur.user
    data = {
        "username": user.username,
        "is_active": "on",
        "groups": [Group.objects.get(name="administrateur").pk],
        "is_superuser": "on",
        "user_permissions": ["1"],
    }
    assert administrateur.post(page_of(user), data).status_code == 302
    user.refresh_from_db()
    assert not user.is_superuser
    assert not user.user_permissions.exists()


def test_a_superuser_is_out_of_reach(administrateur):
    root = User.objects.create_superuser("root", password="secret")
    assert 'name="_save"' not in administrateur.get(page_of(root)).content.decode()
    assert administrateur.post(page_of(root), {"username": "moi"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=(root.pk,))
    assert administrateur.post(password, {"password1": "x", "password2": "x"}).status_code == 403


@pytest.mark.every_database
def test_a_superuser_gives_everything(sign_in):
    superuser = sign_in(superuser=True)
    other = User.objects.create_user("autre")
    superuser.post(page_of(other), {"username": "autre", "is_active": "on", "is_superuser": "on"})
    other.refresh_from_db()
    assert other.is_superuser


@pytest.mark.every_database
def test_roles_can_be_read_and_changed_by_an_administrateur_alone(administrateur, relecteur):
    role = reverse("admin:auth_group_change", args=(Group.objects.get(name="analyste").pk,))
    assert administrateur.get(role).status_code == 200
    assert relecteur.get(role).status_code == 403


class TestInvitations:
    """A link by which a person chooses a password, sent from the list of accounts."""

    def send(self, client, *accounts):
        data = {"action": "send_password_link", "_selected_action": [account.pk for account in accounts]}
        page = client.post(reverse("admin:auth_user_changelist"), data, follow=True)
        return html.unescape(page.content.decode())

    def test_a_new_person_chooses_a_password(self, administrateur, client, settings):
        settings.SENDS_MAIL = True
        camille = User.objects.create_user("camille", "camille@example.org")
        same_address = User.objects.create_user("autre", "camille@example.org", "secret")
        assert "1 lien envoyé" in self.send(administrateur, camille)
        [message] = mail.outbox
        assert "Votre compte s’appelle" in message.body
        address = re.search(r"http://testserver(/\S+)", message.body)[1]
        form = client.get(address, follow=True).redirect_chain[-1][0]
        client.post(form, {"new_password1": "correct-cheval-agrafe", "new_password2": "correct-cheval-agrafe"})
        camille.refresh_from_db()
        same_address.refresh_from_db()
        assert camille.check_password("correct-cheval-agrafe")
        assert same_address.check_password("secret")

    def test_who_cannot_be_reached_is_named(self, administrateur, settings):
        settings.SENDS_MAIL = True
        closed = User.objects.create_user("fermee", "fermee@example.org", is_active=False)
        page = self.send(administrateur, User.objects.create_user("sans-adresse"), closed)
        assert "Rien n’est parti pour fermee, sans-adresse" in page
        assert mail.outbox == []

    def test_a_superuser_is_out_of_reach(self, administrateur, settings):
        settings.SENDS_MAIL = True
        root = User.objects.create_superuser("root", "root@example.org")
        assert "Rien n’est parti pour root" in self.send(administrateur, root)
        assert mail.outbox == []

    def test_a_site_that_sends_no_mail_says_so(self, administrateur, settings):
        settings.SENDS_MAIL = False
        page = self.send(administrateur, User.objects.create_user("camille", "camille@example.org"))
        assert "Ce site n’envoie pas de courriels" in page


def test_the_form_says_whether_there_is_a_password_and_shows_nothing_of_it(administrateur):
    page = administrateur.get(page_of(User.objects.create_user("camille", password="secret"))).content.decode()
    assert "Un mot de passe est choisi" in page
    assert "algorithm" not in page
    page = administrateur.get(page_of(User.objects.create_user("autre"))).content.decode()
    assert "Aucun mot de passe" in page


def test_titles_of_forms_are_french(administrateur):
    for address, title in (("auth_user", "Créer un compte"), ("faq_theme", "Créer une thématique")):
        assert f"<h1>{title}</h1>" in administrateur.get(reverse(f"admin:{address}_add")).content.decode()


class TestTheLastManager:
    """The only account that manages accounts can neither be closed nor lose the role."""

    def change(self, client, account, **fields):
        return client.post(page_of(account), {"username": account.username, **fields}).content.decode()

    def test_it_stays(self, administrateur):
        own = administrateur.user
        role = Group.objects.get(name="administrateur")
        for fields in ({"is_active": "on"}, {"groups": [role.pk]}, {}):
            assert "C’est le dernier compte ouvert" in self.change(administrateur, own, **fields)
        assert may_enter(User.objects.get(pk=own.pk))

    def test_one_of_two_may_go(self, administrateur):
        other = User.objects.create_user("autre")
        other.groups.add(Group.objects.get(name="administrateur"))
        self.change(administrateur, administrateur.user)
        assert not User.objects.get(pk=administrateur.user.pk).is_active
