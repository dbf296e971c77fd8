"""Names of audiences that any platform takes."""

from core.names import clean_name
from core.slug import slug_of


def suggest_audience_name(display_name: str) -> str:
    """Return a name made of a-z, 0-9 and _ that reads like the display name.

    >>> suggest_audience_name("Fidèles à Paris"), suggest_audience_name("常連")
    ('fideles_a_paris', 'audience')
    """
    return slug_of(clean_name(display_name)) or "audience"
