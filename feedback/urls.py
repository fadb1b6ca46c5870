"""Addresses that take votes and comments."""

from django.urls import path

from feedback.views import comment, vote

app_name = "feedback"
urlpatterns = [
    path("fiche/<int:number>/vote/", vote, name="vote"),
    path("fiche/<int:number>/commentaire/", comment, name="comment"),
]
