"""Finding the address of a document that articles cite without one."""

from __future__ import annotations

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import recording
from claims.models import Evidence
from claims.services.judging import locate_evidence
from sources.models import Document
from sources.services.documents import locate_document, request_capture


@recording()
def find_address(*, actor: User, document: Document, address: str) -> Document:
    """Give DOCUMENT its address and ask for an archived copy.

    Whoever published it is then known by its address, so evidence that cites it is judged anew.
    """
    require(actor, Permission.EDIT)
    item = Evidence.objects.select_related("claim").filter(document=document).first()
    if item is not None:
        locate_evidence(actor=actor, claim=item.claim, position=item.position, address=address)
    else:
        located = locate_document(actor=actor, document=document, address=address)
        request_capture(actor=actor, document=located)
    return Document.objects.get(pk=document.pk)
