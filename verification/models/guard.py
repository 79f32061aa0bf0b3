from __future__ import annotations

import pgtrigger

from claims.models import Claim
from claims.vocabulary import Status
from verification.workflow import allowed_pairs


def _pairs_sql() -> str:
    pairs = sorted((str(a), str(b)) for a, b in allowed_pairs() if a != b)
    return ", ".join(f"('{a}', '{b}')" for a, b in pairs)


FOLLOWS_THE_TABLE = f"""
    SELECT from_status, to_status, is_override, transaction_number INTO event
      FROM verification_statusevent
     WHERE claim_id = NEW.id ORDER BY id DESC LIMIT 1;
    IF event.transaction_number IS DISTINCT FROM txid_current()
       OR event.from_status <> OLD.status OR event.to_status <> NEW.status THEN
        RAISE EXCEPTION 'a status changes only with its status event (claim %)', NEW.number;
    END IF;
    IF NOT event.is_override AND (OLD.status, NEW.status) NOT IN ({_pairs_sql()}) THEN
        RAISE EXCEPTION 'no transition from % to % (claim %)', OLD.status, NEW.status, NEW.number;
    END IF;
    RETURN NEW;
"""  # noqa: S608  # built from our own constants

STARTS_UNVERIFIED = f"""
    IF NEW.status <> '{Status.UNVERIFIED}' THEN
        RAISE EXCEPTION 'a claim starts unverified, not %', NEW.status;
    END IF;
    RETURN NEW;
"""


class GuardedClaim(Claim):
    """The claim table with its guards: the database refuses a status that follows no event."""

    class Meta:
        proxy = True
        triggers = [
            pgtrigger.Trigger(
                name="claim_status_follows_the_table",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),  # type: ignore[no-untyped-call]  # as the package is
                condition=pgtrigger.Q(old__status__df=pgtrigger.F("new__status")),
                declare=[("event", "RECORD")],
                func=FOLLOWS_THE_TABLE,
            ),
            pgtrigger.Trigger(
                name="claim_starts_unverified",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=STARTS_UNVERIFIED,
            ),
            pgtrigger.Protect(name="claim_no_delete", operation=pgtrigger.Delete),
        ]
