"""What a vote sends."""

from urllib.parse import urlsplit

from django import forms
from django.http import QueryDict
from django.urls import reverse

from feedback.models import Answer


class VoteForm(forms.Form):
    """A visitor's answer, the version that was read, and the list to go back to, if it was read in one."""

    vote = forms.ChoiceField(choices=Answer.choices)
    version = forms.IntegerField(min_value=1, required=False)
    retour = forms.CharField(required=False)

    def clean_retour(self):
        """Keep the address of a list of ours, written anew; any other is as good as none."""
        try:
            address = urlsplit(self.cleaned_data["retour"])
        except ValueError:
            return ""
        home = reverse("faq:cascade")
        if address.scheme or address.netloc or address.path != home:
            return ""
        query = QueryDict(address.query).urlencode()
        return f"{home}?{query}" if query else home
