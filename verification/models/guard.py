from __future__ import annotations

from collections.abc import Iterable

import pgtrigger

from claims.models import Claim
from claims.vocabulary import Status
from verification.workflow import allowed_pairs, approved_pairs


def _sql(pairs: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"('{a}', '{b}')" for a, b in sorted(pairs) if a != b)


FOLLOWS_THE_TABLE = f"""
    SELECT from_status, to_status, is_override, transaction_number, proposer_id, approver_id
      INTO event
      FROM verification_statusevent
     WHERE claim_id = NEW.id ORDER BY id DESC LIMIT 1;
    IF event.transaction_number IS DISTINCT FROM txid_current()
       OR event.from_status <> OLD.status OR event.to_status <> NEW.status THEN
        RAISE EXCEPTION 'a status changes only with its status event (claim %)', NEW.number;
    END IF;
    IF NOT event.is_override AND (OLD.status, NEW.status) NOT IN ({_sql(allowed_pairs())}) THEN
        RAISE EXCEPTION 'no transition from % to % (claim %)', OLD.status, NEW.status, NEW.number;
    END IF;
    IF NOT event.is_override AND (OLD.status, NEW.status) IN ({_sql(approved_pairs())})
       AND (event.approver_id IS NULL OR event.approver_id IS NOT DISTINCT FROM event.proposer_id)
    THEN
        RAISE EXCEPTION '% takes two people (claim %)', NEW.status, NEW.number;
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
