"""« Aide »: one page for all of the admin, whose link in the header leads to what concerns the page one is on."""

from django.http import HttpRequest
from django.urls import reverse

from faq.admin.pages import AdminPage, Trail

TOPICS: dict[str, tuple[str, ...]] = {
    "mon-travail": ("index", "faq_preferences"),
    "questions": ("faq_entry_questions",),
    "relire": ("faq_entry_review",),
    "doublons": ("faq_entry_duplicates", "faq_entry_merge"),
    "revoir": ("faq_entry_due",),
    "classer": ("faq_entry_filing",),
    "ecrire": ("faq_entry_add", "faq_mediafile_changelist"),
    "fiches": ("faq_entry_changelist", "site_search"),
    "publier": ("faq_schedule_changelist", "faq_archivedentry_changelist"),
    "importer": ("faq_dump_changelist",),
    "retours": (
        "feedback_inbox",
        "feedback_reports",
        "feedback_vote_changelist",
        "faq_failedsearch_changelist",
        "faq_synonymgroup_changelist",
    ),
    "taxonomie": (
        "faq_offertype_changelist",
        "faq_couloir_changelist",
        "faq_dispositif_changelist",
        "faq_product_changelist",
        "faq_theme_changelist",
    ),
    "historique": ("faq_version_changelist", "faq_batch_changelist", "faq_past"),
    "comptes": ("auth_user_changelist", "auth_group_changelist", "password_change"),
}
"""The parts of the page, by their anchors, and the views of the admin that each is about."""


class HelpPage(AdminPage):
    """A page that says how things are done, in the order in which editors work, with the shortcuts of the keyboard."""

    title = "Aide"
    template_name = "admin/help.html"
    permission = "faq.view_entry"
    body_class = "help-page"

    def get_trail(self) -> Trail:
        """Return that the page stands right below the home page."""
        return []


def get_help_address(request: HttpRequest) -> str:
    """Return the address of the part of the help that is about the page of a request."""
    addresses = {
        reverse(f"admin:{view}"): topic for topic, views in TOPICS.items() for view in views if view != "index"
    }
    page = max((address for address in addresses if request.path.startswith(address)), key=len, default="")
    topic = addresses.get(page, "mon-travail")
    if page == reverse("admin:faq_entry_changelist") and request.path != page:
        # The page of one entry.
        topic = "ecrire"
    return f"{reverse('admin:help')}#{topic}"
