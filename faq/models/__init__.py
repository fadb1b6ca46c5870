"""Tables and their queryset verbs."""

from faq.models.assignments import Assignment, AssignmentChange
from faq.models.autosaves import AutosavedForm
from faq.models.dump_previews import DumpPreview, PreviewedAnswer
from faq.models.dumps import Dump, Passage
from faq.models.duplicates import Pair
from faq.models.entries import ArchivedEntry, Entry, EntryAlias, SeeAlso
from faq.models.epochs import ChangeLog, Epoch, EpochTokens
from faq.models.failed_searches import FailedSearch
from faq.models.media import MediaFile, MediaUse
from faq.models.moved_rows import MovedRow
from faq.models.notes import Note, NoteThread
from faq.models.notifications import Mail, Notification, NotificationChoice
from faq.models.pages import SitePage, SitePageVersion
from faq.models.presence import Presence
from faq.models.row_changes import RowChange
from faq.models.saved_filters import SavedFilter
from faq.models.schedules import DroppedSchedule, Schedule
from faq.models.search import SearchedEntry, SearchForm, SearchStem
from faq.models.synonyms import SynonymGroup
from faq.models.taxonomy import Couloir, Dispositif, EntryTheme, OfferType, Product, Theme
from faq.models.uploads import Upload
from faq.models.verifications import ReviewEvent, Verification
from faq.models.versions import Batch, Publication, Version
