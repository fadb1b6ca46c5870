"""What no public address ever shows: what is not live, and markup that somebody typed."""

import pytest

from faq.models import Epoch, Theme
from faq.services.content import Content
from faq.services.entries import archive_entry, edit_entry, submit_entry, withdraw_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command
from tests.faq.views.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


class TestOnlyWhatIsLive:
    """No text, term or count of a draft or an archived entry shows on any public address."""

    SECRET = "motsecret"

    @pytest.fixture
    def addresses(self):
        """Every public address of an FAQ with an entry in each state, and terms that only the hidden ones use."""
        Theme.objects.create(slug="theme-cache", name=f"thème {self.SECRET}")
        shown = a_published_entry("Publique ?", "Publique.", couloirs="hopital", themes="certificats")
        beside = a_published_entry("Aussi ?", "Aussi.", couloirs="imagerie", themes="financement")
        hidden = {"question": f"{self.SECRET} ?", "answer": self.SECRET, "themes": "theme-cache"}
        draft, in_review = an_entry(**hidden), an_entry(**hidden)
        submit_entry(in_review.pk, by_command())
        archived, withdrawn = a_published_entry(**hidden), a_published_entry(**hidden)
        archive_entry(archived.pk, by_command())
        withdraw_entry(withdrawn.pk, by_command())
        edit_entry(beside.pk, self.draft_of(beside), by_command())
        entries = [shown, beside, draft, in_review, archived, withdrawn]
        lists = ["/", "/?page=2", "/?couloir=imagerie", "/?offre=segur", "/?offre=certification"]
        return lists + [
            address.format(entry.pk)
            for entry in entries
            for address in ("/fiche/{}/", "/fiche/{}-titre/", "/Q-{}", "/fiche/{}/vote/")
        ]

    def draft_of(self, entry):
        return Content(f"{self.SECRET} ?", self.SECRET, a_filing(couloirs="imagerie", themes="theme-cache"))

    def test_shows_nowhere(self, client, addresses):
        for address in addresses:
            response = client.get(address, follow=True)
            assert self.SECRET not in response.content.decode().casefold(), address
            assert all(self.SECRET not in hop for hop, _ in response.redirect_chain), address

    def test_counts_nowhere(self, client, addresses):
        page = read(client, "/")
        assert page.count == 2
        shown = [(option.slug, option.count) for option in page.questions["theme"]]
        assert shown == [("", 2), ("certificats", 1), ("financement", 1)]


class TestHostileText:
    QUESTION = "\"><script>alert(1)</script><img src=x onerror=alert(2)> '{{ 7|add:7 }}' ?"
    ANSWER = '<script>alert(3)</script>\n[clic](javascript:alert(4))\n<a href="x" onclick=alert(5)>a</a>\n</details>'
    LABEL = '<b onmouseover=alert(6)>"x"</b>'

    def test_is_only_text(self, client):
        Theme.objects.create(slug="hostile", name=self.LABEL)
        Epoch.move()
        entry = a_published_entry(self.QUESTION, self.ANSWER, themes="hostile", couloirs="hopital")
        a_published_entry()
        for address in ("/", "/?theme=hostile", entry.get_absolute_url()):
            html = client.get(address).content.decode()
            for markup in ("<script>alert", "<img src=x", '<a href="x"', 'href="javascript', "<b onmouseover"):
                assert markup not in html, address
            assert "&lt;script&gt;alert(1)" in html
            assert "&lt;script&gt;alert(3)" in html
            assert "&lt;b onmouseover" in html
            assert html.count("</details>") == html.count("<details")
