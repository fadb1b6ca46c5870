"""No public address ever shows markup that somebody typed."""

import pytest

from faq.models import Epoch, Theme
from tests.factories import a_published_entry, a_taxonomy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


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
