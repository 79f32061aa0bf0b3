"""Room on the disks that captures write to; without it none is begun."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Room:
    """Free space of the disk that holds FOLDER; the shares are between 0 and 1."""

    folder: Path
    free_bytes: int
    total_bytes: int
    free_share: float
    free_names_share: float  # of names (inodes); 1 where the file system does not count them

    @property
    def is_low(self) -> bool:
        least: float = settings.CAPTURE_LEAST_FREE_PERCENT / 100
        return min(self.free_share, self.free_names_share) < least


def rooms() -> tuple[Room, ...]:
    """Room of each disk that a capture needs: where it is staged, and where it is kept."""
    folders = [Path(settings.STAGING_DIR)]
    parts = urlsplit(settings.STORAGE_URL)
    if parts.scheme == "file":
        folders.append(Path(unquote(parts.path)))
    by_disk = {existing.stat().st_dev: folder for folder, existing in _existing(folders)}
    return tuple(_room(folder) for folder in by_disk.values())


def _existing(folders: list[Path]) -> list[tuple[Path, Path]]:
    """Each folder, and itself or the nearest folder above it that is there."""
    return [
        (folder, next(path for path in (folder, *folder.parents) if path.exists()))
        for folder in folders
    ]


def _room(folder: Path) -> Room:
    (_, existing), *_ = _existing([folder])
    disk = os.statvfs(existing)
    return Room(
        folder=folder,
        free_bytes=disk.f_bavail * disk.f_frsize,
        total_bytes=disk.f_blocks * disk.f_frsize,
        free_share=disk.f_bavail / disk.f_blocks if disk.f_blocks else 1.0,
        free_names_share=disk.f_favail / disk.f_files if disk.f_files else 1.0,
    )


def has_room() -> bool:
    """Whether captures may begin; says in the log why not."""
    low = [room for room in rooms() if room.is_low]
    for room in low:
        logger.error("Captures wait: the disk of %s is almost full.", room.folder)
    return not low
