"""Keeping an anomaly report, by whoever queried: nobody has to sign in to say that something is wrong."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from jinbang.audit import actions as audit
from jinbang.kernel.actors import Actor
from jinbang.kernel.crypto import key_ring
from jinbang.kernel.crypto.envelope import associated_data, new_data_key, seal
from jinbang.kernel.digests import canonical_json
from jinbang.people import limits
from jinbang.recheck.errors import TooManyReports
from jinbang.recheck.models import AnomalyReport
from jinbang.recheck.rules import AnomalyKind

TABLE: Final = "recheck_anomalyreport"
COLUMN: Final = "content_sealed"
# A school may report from one address on one day, a program may not fill the table.
HOUR: Final = timedelta(hours=1)
REPORTS_A_NETWORK: Final = limits.Limit("reports_a_network", 100, HOUR)


# Step 13 of docs/cycles/release.md.
@transaction.atomic
def report_anomaly(
    *,
    receipt: str,
    release: str,
    kind: AnomalyKind,
    content: Mapping[str, str],
    network: str,
    by: Actor,
    now: datetime,
) -> AnomalyReport:
    """Keep a report under the receipt of its query, for a person to look into. A second one changes nothing.

    Whether anybody of that name exists is not looked at: the answer is the same for everybody. Refuses, with
    `TooManyReports`, more than a hundred an hour from one network.
    """
    known = AnomalyReport.objects.filter(receipt=receipt).first()
    if known is not None:
        return known
    if not limits.take(REPORTS_A_NETWORK, network, now=now):
        raise TooManyReports
    report = AnomalyReport(receipt=receipt, release=release, kind=kind.value, reported_at=now)
    report.data_key = new_data_key(key_ring())
    aad = associated_data(TABLE, COLUMN, row=report.pk)
    report.content_sealed = seal(report.data_key, canonical_json(dict(content)), aad=aad, ring=key_ring())
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:  # sent twice at once
        return AnomalyReport.objects.get(receipt=receipt)
    audit.record(report, by=by, event="report", at=now, details={"kind": kind.value, "release": release})
    return report
