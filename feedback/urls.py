"""Addresses that take votes."""

from django.urls import path

from feedback.views import vote

app_name = "feedback"
urlpatterns = [
    path("fiche/<int:number>/vote/", vote, name="vote"),
]
