"""Tables and their queryset verbs, with what they are made of."""

from feedback.enums import COUNTING, OPEN, CommentReason, FollowUpState, Standing, VoteAnswer
from feedback.models.comments import Comment
from feedback.models.counts import AddedUp, MonthlyCount, Subtotal
from feedback.models.fields import SOURCE_LENGTH
from feedback.models.searches import SearchFollowUp
from feedback.models.votes import SourceKey, Vote, VoteQuerySet
