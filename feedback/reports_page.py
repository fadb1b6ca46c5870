"""« Rapports »: the tables of votes, as files for a spreadsheet."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst

from feedback.reports import ENTRY, SUBJECTS, Period, report, report_file

_FORMATS = {
    "csv": ("CSV pour Excel en français", "text/csv; charset=utf-8"),
    "xlsx": ("Classeur Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": ("JSON", "application/json"),
}
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReportForm(forms.Form):
    """Which votes, added up how, in which format."""

    par = forms.ChoiceField(label="Additionner par", choices=[(key, capfirst(name)) for key, name in SUBJECTS.items()])
    chaque = forms.ChoiceField(
        label="Pour chaque", choices=[(period.value, capfirst(period.label)) for period in Period]
    )
    du = forms.DateField(label="Du", required=False, widget=_DAY)
    au = forms.DateField(label="Au (compris, heure de Paris)", required=False, widget=_DAY)
    format = forms.ChoiceField(label="Format", choices=[(key, name) for key, (name, _) in _FORMATS.items()])

    def clean(self):
        """Refuse a span that ends before it begins."""
        cleaned = super().clean()
        first, last = cleaned.get("du"), cleaned.get("au")
        if first and last and first > last:
            self.add_error("au", "Ce jour vient avant le premier.")
        return cleaned


def reports(request):
    """Ask what is wanted, or give the file."""
    if not request.user.has_perm("feedback.view_vote"):
        raise PermissionDenied
    asked = "par" in request.GET
    initial = {"par": ENTRY, "chaque": Period.MONTH.value}
    form = ReportForm(request.GET if asked else None, initial=initial, label_suffix="")
    if asked and form.is_valid():
        return _file(**form.cleaned_data)
    context = {**admin.site.each_context(request), "title": "Rapports sur les votes", "form": form}
    return TemplateResponse(request, "admin/feedback/reports.html", context, status=400 if asked else 200)


def _file(*, par, chaque, du, au, format):
    made = report(par, Period(chaque), since=du, until=au)
    _, content_type = _FORMATS[format]
    response = StreamingHttpResponse(report_file(made, format), content_type=content_type)
    name = f"votes-{par}-{chaque}-{timezone.localdate():%Y-%m-%d}.{format}"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
