from __future__ import annotations

from datetime import UTC
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.columns import append_only, one_of, term
from core.terms import Term


class TokenKind(Term):
    RFC3161 = "rfc3161", "RFC 3161 token"
    OPENTIMESTAMPS = "opentimestamps", "OpenTimestamps proof"


class TokenState(Term):
    PENDING = "pending", "Waiting for the authority"
    GRANTED = "granted", "Granted and verified"
    REFUSED = "refused", "Refused or not valid"


class Checkpoint(models.Model):
    """A Merkle root over consecutive lines of the record, chained to the checkpoint before it."""

    number = models.BigIntegerField(unique=True)
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    root = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_seq__gte=F("first_seq")), name="checkpoint_covers_lines"
            ),
        ]
        indexes = [models.Index(fields=["last_seq"], name="checkpoint_of_line")]
        triggers = append_only("checkpoint")

    def content(self) -> dict[str, Any]:
        """What the hash of this checkpoint covers."""
        return {
            "number": self.number,
            "first_seq": self.first_seq,
            "last_seq": self.last_seq,
            "root": self.root,
            "previous_hash": self.previous_hash,
            "made_at": self.made_at.astimezone(UTC).isoformat(),
        }


class TimestampToken(models.Model):
    """What a time stamping authority said of a checkpoint; immutable once granted."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="tokens")
    kind = term(TokenKind)
    authority = models.CharField(max_length=400, help_text="Address, or the local authority.")
    state = term(TokenState, default=TokenState.PENDING)
    nonce = models.CharField(max_length=40, blank=True)
    token = models.BinaryField(null=True, blank=True)
    chain_pem = models.TextField(
        blank=True, help_text="Certificates that the token was checked by."
    )
    stated_at = models.DateTimeField(null=True, blank=True, help_text="Time in the token.")
    verified_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["checkpoint", "authority"]
        constraints = [
            one_of("kind", TokenKind, "token_kind_known"),
            one_of("state", TokenState, "token_state_known"),
            models.UniqueConstraint(fields=["checkpoint", "kind", "authority"], name="token_once"),
            models.CheckConstraint(
                condition=~Q(state=TokenState.GRANTED)
                | (Q(token__isnull=False) & Q(verified_at__isnull=False)),
                name="token_granted_is_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="token_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
        ]
        triggers = append_only("token", condition=pgtrigger.Q(old__state=TokenState.GRANTED))
