"""Public addresses of the FAQ."""

from django.urls import path, re_path

from faq.views.cascade import cascade
from faq.views.entries import entry, entry_by_reference

app_name = "faq"
urlpatterns = [
    path("", cascade, name="cascade"),
    path("fiche/<int:number>/", entry, name="entry_by_number"),
    path("fiche/<int:number>-<str:slug>/", entry, name="entry"),
    # As people say and type it: « Q-214 », « q214 ».
    re_path(r"^(?P<reference>[Qq]-?[0-9]{1,17})/?$", entry_by_reference, name="entry_by_reference"),
]
