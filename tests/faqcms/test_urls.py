from django.contrib.staticfiles import finders


def test_browsers_find_an_icon(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert finders.find(response.url.removeprefix("/static/"))
