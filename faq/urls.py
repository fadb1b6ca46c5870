"""Public addresses of the FAQ."""

from django.urls import path, re_path

from faq.enums import PageSlug
from faq.views.cascade import cascade
from faq.views.entries import entry, entry_by_reference
from faq.views.exports import export
from faq.views.feeds import feed
from faq.views.machines import alive, llms, ready, robots
from faq.views.media import media
from faq.views.pages import page, reuse, site_map
from faq.views.search import suggestions
from faq.views.sitemap import sitemap, sitemap_of_entries, sitemap_of_pages

app_name = "faq"
urlpatterns = [
    path("", cascade, name="cascade"),
    path("fiche/<int:number>/", entry, name="entry_by_number"),
    path("fiche/<int:number>-<str:slug>/", entry, name="entry"),
    # As people say and type it: « Q-214 », « q214 ».
    re_path(r"^(?P<reference>[Qq]-?[0-9]{1,17})/?$", entry_by_reference, name="entry_by_reference"),
    *(path(f"{slug}/", page, {"slug": slug.value}, name="page") for slug in PageSlug),
    path("recherche/suggestions/", suggestions, name="suggestions"),
    path("plan-du-site/", site_map, name="site_map"),
    path("reutiliser/", reuse, name="reuse"),
    path("flux.atom", feed, name="feed"),
    re_path(r"^media/(?P<hash>[0-9a-f]{32})\.(?P<extension>png|jpg|webp|pdf)$", media, name="media"),
    path("faq.json", export, name="export"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-pages.xml", sitemap_of_pages, name="sitemap_of_pages"),
    path("sitemap-fiches-<int:part>.xml", sitemap_of_entries, name="sitemap_of_entries"),
    path("robots.txt", robots, name="robots"),
    path("llms.txt", llms, name="llms"),
    path("sante/", alive, name="alive"),
    path("sante/pret/", ready, name="ready"),
]
