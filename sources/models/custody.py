"""What happens to archived bytes after they were sealed: checked, restored, held, taken down."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.columns import append_only, one_of, term
from sources.models.snapshot import Snapshot, StoredObject
from sources.vocabulary import TakedownBasis


class FixityCheck(models.Model):
    """One object was read back and hashed. `restored`: good bytes came from the second store."""

    stored = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="checks")
    checked_at = models.DateTimeField()
    ok = models.BooleanField()
    observed_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Empty: the object was not there."
    )
    restored = models.BooleanField(default=False)

    class Meta:
        ordering = ["-checked_at", "-pk"]
        indexes = [
            models.Index(fields=["stored", "-checked_at"], name="fixity_of_object"),
            models.Index(fields=["stored"], name="fixity_failed", condition=Q(ok=False)),
        ]
        triggers = append_only("fixity")


class SecondCopy(models.Model):
    """An object lies in the second store too, and was read back there. No record: made again."""

    stored = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="copies")
    place = models.CharField(max_length=400, help_text="Address of the store, without options.")
    copied_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stored", "place"], name="second_copy_once"),
        ]


class LegalHold(models.Model):
    """While it stands, nothing of the snapshot may be removed."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=400)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot"], condition=Q(lifted_at__isnull=True), name="hold_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_by__isnull=False),
                name="hold_lifted_by_somebody",
            ),
        ]


class Takedown(models.Model):
    """A decision to show a snapshot no more. Its hashes, and this row, stay for ever."""

    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="takedown")
    basis = term(TakedownBasis)
    words = models.CharField(max_length=400, help_text="Shown to the public.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at"]
        constraints = [one_of("basis", TakedownBasis, "takedown_basis_known")]
        triggers = append_only("takedown")


class Tombstone(models.Model):
    """The bytes of this object were removed from every store; the object's row and hash stay."""

    stored = models.OneToOneField(StoredObject, on_delete=models.PROTECT, related_name="tombstone")
    takedown = models.ForeignKey(Takedown, on_delete=models.PROTECT, related_name="tombstones")
    removed_at = models.DateTimeField()

    class Meta:
        triggers = append_only("tombstone")
