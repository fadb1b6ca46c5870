"""Pages that move, merge, split, retire or bring back a term: what it touches first, then one batch."""

from abc import abstractmethod

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from faq.admin.bulk_messages import link_batch
from faq.admin.pages import AdminPage
from faq.admin.taxonomy_effects import Before, describe_term_effects
from faq.admin.taxonomy_forms import ParentsForm, PartForm, SurvivorForm
from faq.models import Couloir
from faq.services.taxonomy import find_free_slug, parent_relation, save_term
from faq.services.taxonomy_batches import get_facet
from faq.services.taxonomy_operations import TermRefused, merge_terms, reorder_term, set_retired, split_term

RULE = (
    "Une fiche classée sous un terme déplacé prend ce dont il relève désormais. Elle quitte ce dont il relevait, sauf "
    "si un autre de ses termes en relève encore. Ce qu’un rédacteur y avait coché de plus reste."
)


CONFIRM = "_confirm"
"""The button that carries out what a page has shown."""
SEEN = "_seen"
"""The mark of the effects that the page of the button has shown."""
PLACE = "_place"
"""The button, or what a script sends, that places a term: « 12:up », « 12:down », « 12:7 », « 12:after:7 »."""


def report_done(request, report):
    """Say what was done, with the way to undo it, or that nothing changed."""
    if report.batch:
        messages.success(request, format_html("{}, {}", report.batch.label, link_batch(request, report.batch)))
    else:
        messages.info(request, "Rien n’a changé.")


def place_term(model_admin, request):
    """Place a term elsewhere in its list, and return to its buttons."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    key, _, where = request.POST[PLACE].partition(":")
    terms = list(model_admin.model.objects.standing())
    places = {str(term.pk): place for place, term in enumerate(terms)}
    if key not in places:
        messages.error(request, "Ce terme n’existe plus : la liste a été rechargée.")
        return redirect(request.get_full_path())
    place = places[key]
    # What it is placed before: the one above, the one after the next, or what it was dropped on or after.
    anchor, _, after = where.partition("after:")
    steps = {"up": max(place - 1, 0), "down": place + 2}
    before = steps.get(where, places[after] + 1 if after in places else places.get(anchor, place))
    others = [*terms, None, None]
    try:
        report = reorder_term(terms[place], others[before] and others[before].pk, request.user)
    except TermRefused as refusal:
        messages.error(request, str(refusal))
    else:
        report_done(request, report)
    button = "down" if where == "down" else "up"
    return redirect(f"{request.get_full_path()}#{button}-{key}")


class EffectsToShow(Exception):
    """A change that reaches further than was shown; it is rolled back."""

    def __init__(self, effects):
        super().__init__()
        self.effects = effects


def save_form(form, request):
    """Store the term of Django's form, and what it belongs to; return the report.

    Raises EffectsToShow where that does more to others than the page before has shown.
    """
    name = parent_relation(form.instance)
    parents = form.cleaned_data.get(name) if name else None
    keys = None if parents is None else [parent.pk for parent in parents]
    if form.instance._state.adding:
        return save_term(form.instance, request.user, parents=keys)
    before = Before.now()
    report = save_term(form.instance, request.user, parents=keys)
    effects = describe_term_effects(form.instance, before, report)
    if effects.reaches_further and (CONFIRM not in request.POST or effects.compare(request.POST.get(SEEN, ""))):
        raise EffectsToShow(effects)
    return report


class TermPage(AdminPage):
    """A page that does one thing with a term: its form, its effects once the form is filled in, and a button."""

    template_name = "admin/faq/term/operation.html"
    body_class = "term-page"
    verb = ""
    """The name of the operation, as its button and its breadcrumb say it."""
    help_text = ""
    form_class = forms.Form
    """The form of the page; one without fields shows the effects at once."""

    route = ""
    """The last step of its address."""

    @classmethod
    def as_term_path(cls, model_admin):
        """Return the address of the page for the terms of one facet."""
        return cls.as_path(f"<int:number>/{cls.route}/", f"faq_{model_admin.opts.model_name}_{cls.route}", model_admin)

    @classmethod
    def address_of(cls, term):
        """Return the address of the page for a term."""
        return reverse(f"admin:faq_{term._meta.model_name}_{cls.route}", args=(term.pk,))

    @classmethod
    def is_offered(cls, term):
        """Return whether the list links to the page for a term."""
        return True

    def has_permission(self):
        """Return whether the account may change terms of the facet."""
        return self.model_admin.has_change_permission(self.request)

    def setup(self, request, *args, **kwargs):
        """Find the term of the address."""
        super().setup(request, *args, **kwargs)
        model = self.model_admin.model
        self.term = model.objects.standing().filter(pk=kwargs["number"]).first()

    def dispatch(self, request, *args, **kwargs):
        """Answer the request; a term that is gone has no page."""
        if self.has_permission() and self.term is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_title(self):
        """Return a sentence that names the term."""
        return f"{self.verb} « {self.term} »"

    @property
    def breadcrumb(self):
        """The verb alone."""
        return self.verb

    def get_trail(self):
        """Add the term."""
        address = reverse(f"admin:faq_{self.model_admin.opts.model_name}_change", args=(self.term.pk,))
        return [*super().get_trail(), (str(self.term), address)]

    def get(self, request, number):
        """Show the form, or the effects at once where there is nothing to fill in."""
        form = self.build_form()
        return self.show(form) if form.fields else self.run(self.build_form({}))

    def post(self, request, number):
        """Show what would be done, or do it."""
        form = self.build_form(request.POST)
        return self.run(form) if form.is_valid() else self.show(form)

    def build_form(self, data=None):
        """Return the form, filled in with these data."""
        return self.form_class(data, term=self.term) if self.form_class is not forms.Form else forms.Form(data)

    @abstractmethod
    def operate(self, data):
        """Do it; return the report. Raises TermRefused, ValidationError."""

    def get_notes(self, data):
        """Return French sentences about what was chosen, to be shown with the effects."""
        return []

    def run(self, form):
        """Do it where exactly that was shown before, and say so in the list; or else roll it back, and show it."""
        form.full_clean()
        before = Before.now()
        confirms = CONFIRM in self.request.POST
        try:
            with transaction.atomic():
                report = self.operate(form.cleaned_data)
                effects = describe_term_effects(self.term, before, report)
                effects.notes[:0] = self.get_notes(form.cleaned_data)
                difference = effects.compare(self.request.POST.get(SEEN, "")) if confirms else None
                is_done = confirms and (difference is None or report.batch is None)
                transaction.set_rollback(not is_done)
        except (TermRefused, ValidationError) as refusal:
            form.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))
            return self.show(form)
        if is_done:
            report_done(self.request, report)
            return redirect(f"admin:faq_{self.model_admin.opts.model_name}_changelist")
        if report.batch is None:
            return self.show(form, is_vain=True)
        return self.show(form, effects=effects, difference=difference)

    def show(self, form, **context):
        """Show the page."""
        return self.render(form=form, term=self.term, verb=self.verb, help_text=self.help_text, **context)


class MoveTermPage(TermPage):
    """The page that has a term belong elsewhere."""

    verb = "Déplacer"
    route = "deplacer"
    help_text = RULE
    form_class = ParentsForm

    def operate(self, data):
        """Move the term."""
        term = type(self.term).objects.get(pk=self.term.pk)
        parents = data["parents"]
        if isinstance(term, Couloir):
            term.offer_type, parents = parents, None
        keys = None if parents is None else [parent.pk for parent in parents]
        label = f"Déplacement de « {term} » ({get_facet(term).label})"
        return save_term(term, self.request.user, parents=keys, label=label)


class MergeTermPage(TermPage):
    """The page that lets another term answer for a term."""

    verb = "Fusionner"
    route = "fusionner"
    help_text = "Le terme fusionné ne sera plus proposé nulle part ; ses anciennes adresses mèneront à celui qui reste."
    form_class = SurvivorForm

    def operate(self, data):
        """Merge the term."""
        return merge_terms(self.term, data["survivor"], self.request.user)


class SplitTermPage(TermPage):
    """The page that has a new term take over some entries of a term."""

    verb = "Scinder"
    route = "scinder"
    help_text = (
        "Le nouveau terme relève de ce dont relève celui-ci, et vient en dernier. Les fiches cochées y passent ; les "
        "autres restent. Une fiche garde aussi celui-ci, si un autre de ses termes en relève."
    )
    form_class = PartForm

    def has_permission(self):
        """Return whether the account may change terms of the facet, and add one."""
        return super().has_permission() and self.model_admin.has_add_permission(self.request)

    def operate(self, data):
        """Split the term."""
        model = type(self.term)
        slug = data["slug"] or find_free_slug(model, data["label"])
        new = model(slug=slug, **{"name" if hasattr(model, "name") else "label": data["label"]})
        return split_term(self.term, new, data["entries"], data.get("children", ()), self.request.user)

    def get_notes(self, data):
        """Say that a new term without anything ticked takes nothing over."""
        is_empty = not (data["entries"] or data.get("children"))
        return ["Rien n’est coché : le nouveau terme sera vide."] if is_empty else []


class RetireTermPage(TermPage):
    """The page that retires a term."""

    verb = "Retirer"
    route = "retirer"
    help_text = (
        "Un terme retiré n’est plus proposé, ni aux visiteurs ni au classement. Les fiches classées là le gardent, et "
        "restent en ligne."
    )

    @classmethod
    def is_offered(cls, term):
        """Return that only a term in use is retired."""
        return not term.retired

    def operate(self, data):
        """Retire the term."""
        return set_retired(self.term, True, self.request.user)


class BringBackTermPage(TermPage):
    """The page that offers a retired term again."""

    verb = "Remettre en service"
    route = "remettre"
    help_text = "Le terme est de nouveau proposé aux visiteurs et au classement."

    @classmethod
    def is_offered(cls, term):
        """Return that only a retired term is brought back."""
        return term.retired

    def operate(self, data):
        """Bring the term back."""
        return set_retired(self.term, False, self.request.user)


class TermChangePage(TermPage):
    """The page between Django's form of a term and its change, which reaches more than the term itself."""

    verb = "Modifier"
    help_text = "Ce changement touche plus que le terme lui-même."

    @classmethod
    def show_effects(cls, model_admin, request, object_id, effects):
        """Return the page of a change that was sent without having been shown."""
        page = cls(model_admin=model_admin)
        page.help_text = RULE if effects.terms else cls.help_text
        page.setup(request, number=model_admin.get_object(request, unquote(object_id)).pk)
        typed = [(name, value) for name, values in request.POST.lists() for value in values]
        carried = [(name, value) for name, value in typed if name not in ("csrfmiddlewaretoken", CONFIRM, SEEN)]
        difference = effects.compare(request.POST.get(SEEN, "")) if CONFIRM in request.POST else None
        return page.show(forms.Form(), effects=effects, carried=carried, difference=difference)
