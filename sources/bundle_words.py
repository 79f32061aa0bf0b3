"""What a bundle says of itself in words. Pure."""

from __future__ import annotations

README = """\
This is an evidence bundle of Corroborate: archived pages, and the proofs that they are what was
sealed, and when.

To look at the pages, open the file in a program that replays WACZ files, for example the one at
https://replayweb.page.

To check it, without asking anybody:

    python corroborate_verify.py BUNDLE.wacz --root AUTHORITY.pem

The program is one file, verify/corroborate_verify.py of Corroborate's source. It needs Python and
the package `cryptography`, opens no connection, and says what each proof proves and what it does
not. Without --root it takes the time stamping authority's root from the bundle itself: then the
time is only as good as the bundle's own word.

archive/                           one WARC file a copy, byte for byte as it was sealed; with the
                                   earlier copy that holds a page which was the same again
indexes/index.cdxj                 where which record is
pages/pages.jsonl                  the pages to begin with
evidence/snapshot-N.manifest.json  what was sealed: its SHA-256 stands in the record
evidence/ledger.jsonl              lines of the record about these copies, by the software itself
evidence/proofs.jsonl              for each line its way to the root of a checkpoint (RFC 6962)
evidence/checkpoints.jsonl         checkpoints over the record, each chained to the one before
evidence/tokens.jsonl, .tsr, .pem  time stamps over checkpoints (RFC 3161), and certificates
evidence/*.ots                     proofs for OpenTimestamps, which lead to a block of Bitcoin
evidence/snapshot-N.text.*.txt     the text that our programs read in a copy
evidence/claim.json                in the bundle of a claim: the claim in our words, not proved
"""


def description(name: str, publisher: str) -> str:
    return (
        f"{name} of {publisher}, with proofs under evidence/. "
        "Check it with corroborate_verify.py; see evidence/README.txt."
    )
