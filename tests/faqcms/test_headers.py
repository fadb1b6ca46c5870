"""The headers that every answer of the site carries."""

import pytest

from tests.factories import a_published_entry, a_taxonomy


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [("/", 200), ("/fiche/1/", 404), ("/accessibilite/", 200), ("/faq.json", 200), ("/sante/", 200), ("/admin/", 302)],
)
def test_every_answer_is_guarded(client, address, status):
    response = client.get(address)
    assert response.status_code == status
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert "camera=()" in response["Permissions-Policy"]
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_a_link_to_a_page_looks_like_the_site_elsewhere(client):
    a_taxonomy()
    entry = a_published_entry('Quoi "là" ?', "Un.\n- deux")
    html = client.get(entry.get_absolute_url()).content.decode()
    for name, content in {
        "og:type": "article",
        "og:title": "Quoi &quot;là&quot; ?",
        "og:description": "Un. deux",
        "og:url": f"http://testserver{entry.get_absolute_url()}",
        "og:image": "http://testserver/static/faq/share.png",
    }.items():
        assert f'<meta property="{name}" content="{content}">' in html
    image = '<meta property="og:image" content="http://testserver/static/faq/share.png">'
    assert image in client.get("/?couloir=hopital").content.decode()
