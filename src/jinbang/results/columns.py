"""What the columns of a sitting's files are called here: remembered for the sitting, so that it is said once.

Reads only; `actions.columns` writes.
"""

from collections.abc import Mapping

from jinbang.results.models import ColumnNames
from jinbang.sittings.models import Sitting


def names_of(sitting: Sitting) -> Mapping[str, str]:
    """Return heading of the file → our heading; "" leaves a column unread. One query."""
    latest = ColumnNames.objects.filter(sitting=sitting).order_by("-at", "-id").first()
    return dict(latest.names) if latest is not None else {}
