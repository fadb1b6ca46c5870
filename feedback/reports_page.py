"""« Rapports »: the tables of votes, as files for a spreadsheet."""

from django import forms
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst

from faq.admin.pages import AdminPage
from feedback.reports import ENTRY, SUBJECTS, Period, build_report, render_report
from feedback.tallies import worst_answers

_FORMATS = {
    "csv": ("CSV pour Excel en français", "text/csv; charset=utf-8"),
    "xlsx": ("Classeur Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": ("JSON", "application/json"),
}
_WORST_SHOWN = 10
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReportForm(forms.Form):
    """The votes of a report, the way they are added up, and the format of its file."""

    par = forms.ChoiceField(label="Une ligne par", choices=[(key, capfirst(name)) for key, name in SUBJECTS.items()])
    chaque = forms.ChoiceField(label="Et par", choices=[(period.value, capfirst(period.label)) for period in Period])
    du = forms.DateField(label="Du", required=False, widget=_DAY)
    au = forms.DateField(label="Au (compris, heure de Paris)", required=False, widget=_DAY)
    format = forms.ChoiceField(label="Format", choices=[(key, name) for key, (name, _) in _FORMATS.items()])

    def clean(self):
        """Refuse a period that ends before it begins."""
        cleaned = super().clean()
        first, last = cleaned.get("du"), cleaned.get("au")
        if first and last and first > last:
            self.add_error("au", "Ce jour vient avant le premier.")
        return cleaned


class ReportsPage(AdminPage):
    """The form that chooses a report, and the file that it asks for."""

    permission = "feedback.view_vote"
    title = "Rapports sur les votes"
    template_name = "admin/feedback/reports.html"

    def get_trail(self):
        """Return nothing: reports stand beside the list of votes, not below it."""
        return []

    def get(self, request):
        """Return the file, or the form where nothing is chosen yet or something is wrong."""
        is_sent = "par" in request.GET
        initial = {"par": ENTRY, "chaque": Period.MONTH.value}
        form = ReportForm(request.GET if is_sent else None, initial=initial, label_suffix="")
        if is_sent and form.is_valid():
            return _build_file(**form.cleaned_data)
        return self.render(form=form, worst=worst_answers(_WORST_SHOWN), status=400 if is_sent else 200)


def _build_file(*, par, chaque, du, au, format):
    made = build_report(par, Period(chaque), since=du, until=au)
    _, content_type = _FORMATS[format]
    response = StreamingHttpResponse(render_report(made, format), content_type=content_type)
    name = f"votes-{par}-{chaque}-{timezone.localdate():%Y-%m-%d}.{format}"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
