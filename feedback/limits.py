"""How many new votes and comments count; what comes beyond, in a burst, is set aside for an editor to judge."""

from datetime import timedelta

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

VOTES_PER_NETWORK = {MINUTE: 20, HOUR: 200}
"""Most new votes on one entry and from one network that count, by span; a whole hospital may share a network."""
VOTES_PER_ENTRY = 100
"""Most new votes on one entry that count within a minute, from all networks."""

COMMENTS_PER_NETWORK = {MINUTE: 10, HOUR: 60}
"""Most new comments on one entry and from one network that editors get, by span."""
COMMENTS_PER_ENTRY = {MINUTE: 30}
"""Most new comments on one entry that editors get, by span, from all networks."""
COMMENTS_PER_SITE = {HOUR: 200}
"""Most new comments on all entries that editors get, by span: nobody reads more."""
