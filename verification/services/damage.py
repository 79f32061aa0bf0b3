"""Telling those who keep the archive that archived bytes are no longer what was sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, Role
from sources.models import FixityCheck, Snapshot
from sources.selectors.fixity import damage_found
from verification.conditions.phrases import count
from verification.desk_addresses import custody_path
from verification.models.notification import Notification, NotificationKind
from verification.selectors.phrases import listed

LOOKED_BACK = timedelta(days=2)
MOST_NAMED = 5
ALL = "/desk/health#fixity"
_CAUSE = "damage:"


def tell_of_damage() -> int:
    """Tell of what was found damaged and not told yet; how many rows. May run at any time.

    Administrators can put bytes back. Editors are told as well of what could not be restored: it
    is no evidence any more, and the page may still be there to be captured again.
    """
    return sum(_tell(person) for person in _keepers())


def _keepers() -> list[User]:
    keepers = User.objects.filter(is_active=True, role__in=[Role.ADMIN, Role.EDITOR])
    return list(keepers.order_by("pk"))


def _tell(person: User) -> int:
    """One row for all that is new, so that a lost disk is one notification and not thousands."""
    found = damage_found(after=_told_up_to(person), since=timezone.now() - LOOKED_BACK)
    if not person.can(Permission.ADMINISTER):
        found = [check for check in found if not check.restored]
    if not found:
        return 0
    row = Notification(
        recipient=person,
        kind=NotificationKind.DAMAGED,
        words=_in_words(found),
        href=_href(person, found),
        cause=f"{_CAUSE}{found[-1].pk}",
        at=found[-1].checked_at,
    )
    return len(Notification.objects.bulk_create([row], ignore_conflicts=True))


def _told_up_to(person: User) -> int:
    """The check that PERSON was last told of."""
    told = Notification.objects.filter(recipient=person, cause__startswith=_CAUSE)
    causes = told.order_by("-pk").values_list("cause", flat=True)[:1]
    return max((int(cause.removeprefix(_CAUSE)) for cause in causes), default=0)


def _in_words(found: Sequence[FixityCheck]) -> str:
    lost = [check for check in found if not check.restored]
    mended = [check for check in found if check.restored]
    said = [
        f"{_files(lost)} damaged or gone and could not be restored{_named(lost)}. "
        "Put the right bytes into the second store, or capture the pages again."
        if lost
        else "",
        f"{_files(mended)} damaged or gone, and restored from the second store{_named(mended)}. "
        "Look after the disk."
        if mended
        else "",
    ]
    return " ".join(words for words in said if words)


def _files(checks: Sequence[FixityCheck]) -> str:
    return f"{count(len(checks), 'archived file')} {'was' if len(checks) == 1 else 'were'} found"


def _copies(checks: Sequence[FixityCheck]) -> list[int]:
    """Numbers of copies whose file is among what was checked."""
    holding = Snapshot.objects.filter(warc__in=[check.stored_id for check in checks])
    numbers = holding.order_by("number").values_list("number", flat=True)
    return list(numbers[: MOST_NAMED + 1])


def _named(checks: Sequence[FixityCheck]) -> str:
    numbers = _copies(checks)
    if not numbers:
        return ""
    more = ["others"] if len(numbers) > MOST_NAMED else []
    names = listed([str(number) for number in numbers[:MOST_NAMED]] + more)
    return f": {'copy' if len(numbers) == 1 else 'copies'} {names}"


def _href(person: User, found: Sequence[FixityCheck]) -> str:
    numbers = _copies(found)
    alone = len(numbers) == 1 and person.can(Permission.ADMINISTER)
    return custody_path(numbers[0]) if alone else ALL
