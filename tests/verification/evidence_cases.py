"""Conditions on evidence, met and unmet, with one thing different between the two.

A case is: the condition, the facts, whether it is met, and words that its detail contains.
"""

from __future__ import annotations

from fact_builders import DECIDED, EARLIER, LATER, against, claim, item

from claims.vocabulary import Alignment, Directness, Resolution, Stance, Status
from verification.conditions import ClaimFacts, Condition, ReasonCode
from verification.conditions import conclusion as bar
from verification.conditions import corroboration as cor
from verification.conditions import reopening as again

ONE, TWO = item("[1]"), item("[2]")
SELF = {"alignment": Alignment.SELF_SERVING}
ADMITS = {"alignment": Alignment.AGAINST_INTEREST}
PHOTO = {"directness": Directness.FIRST_HAND_VISUAL, "visual_checked": True}
UNCHECKED = {"directness": Directness.FIRST_HAND_VISUAL}
NEEDS_CONCLUSIVE = (
    "needs a first-hand picture or video with place and date checked, "
    "or an admission against interest, or 2 independent origins graded A or B"
)

EVIDENCE_CASES: list[tuple[Condition, ClaimFacts, bool, str]] = [
    # Standing: graded A to D or F; nobody's grade is F; E is not.
    (cor.supporting_origin_of_standing, claim(item(grade="D")), True, "[1]"),
    (cor.supporting_origin_of_standing, claim(item(grade=None)), True, "[1]"),
    (cor.supporting_origin_of_standing, claim(item(grade="F")), True, "[1]"),
    (
        cor.supporting_origin_of_standing,
        claim(item(grade="E")),
        False,
        "needs 1 supporting origin that is not graded E, not withdrawn and not resolved",
    ),
    (cor.supporting_origin_of_standing, claim(item(grade="E", **ADMITS)), False, "needs 1"),
    (cor.supporting_origin_of_standing, claim(item(withdrawn=True)), False, "needs 1"),
    (
        cor.supporting_origin_of_standing,
        claim(item(resolution=Resolution.OUTWEIGHED)),
        False,
        "needs 1",
    ),
    (cor.supporting_origin_of_standing, claim(item(stance=Stance.CONTEXT)), False, "needs 1"),
    (cor.supporting_origin_of_standing, claim(against()), False, "needs 1 supporting origin"),
    (cor.contradicting_origin_of_standing, claim(against(grade=None)), True, "[1]"),
    (cor.contradicting_origin_of_standing, claim(item()), False, "needs 1 contradicting origin"),
    (cor.contradicting_origin_of_standing, claim(against(grade="E")), False, "needs 1"),
    # Credible: graded A to C, or any grade but E against interest. Copies are one origin.
    (cor.credible_origins, claim(ONE, TWO), True, "2 independent origins: [1] and [2]"),
    (cor.credible_origins, claim(ONE, item("[2]", grade="C")), True, "2 independent origins"),
    (
        cor.credible_origins,
        claim(ONE, item("[2]", grade="D")),
        False,
        "needs 1 more independent origin that is credible",
    ),
    (cor.credible_origins, claim(ONE, item("[2]", grade=None)), False, "needs 1 more"),
    (cor.credible_origins, claim(ONE, item("[2]", grade="D", **ADMITS)), True, "[1] and [2]"),
    (cor.credible_origins, claim(ONE, item("[2]", grade=None, **ADMITS)), True, "[1] and [2]"),
    (cor.credible_origins, claim(ONE, item("[2]", grade="E", **ADMITS)), False, "needs 1 more"),
    (cor.credible_origins, claim(ONE, item("[2]", origin=ONE.origin)), False, "needs 1 more"),
    (cor.credible_origins, claim(ONE, against("[2]")), False, "needs 1 more"),
    (cor.credible_origins, claim(ONE, item("[2]", withdrawn=True)), False, "needs 1 more"),
    (
        cor.credible_origins,
        claim(),
        False,
        "needs 2 more independent origins that are credible",
    ),
    (
        cor.credible_origins,
        claim(ONE, item("[4]", origin=ONE.origin), TWO, item("[3]")),
        True,
        "3 independent origins: [1], [2] and [3]",
    ),
    # One of them not from the side that gains; a copy carries the interest of its original.
    (cor.credible_disinterested_origin, claim(item(**SELF), TWO), True, "[2]"),
    (cor.credible_disinterested_origin, claim(item(**ADMITS)), True, "[1]"),
    (
        cor.credible_disinterested_origin,
        claim(item(**SELF), item("[2]", **SELF)),
        False,
        "needs 1 origin that is not from the side that gains",
    ),
    (cor.credible_disinterested_origin, claim(item(grade="D")), False, "needs 1 origin"),
    (
        cor.credible_disinterested_origin,
        claim(item(**SELF), item("[2]", copied=True, origin="origin of [1]")),
        False,
        "needs 1 origin",
    ),
    # What contradicts.
    (cor.no_credible_contradiction, claim(ONE), True, "there is none"),
    (cor.no_credible_contradiction, claim(against(grade="D")), True, "there is none"),
    (
        cor.no_credible_contradiction,
        claim(against("[3]")),
        False,
        "[3] contradicts and has no resolution",
    ),
    (
        cor.no_credible_contradiction,
        claim(against("[3]"), against("[4]", grade="A")),
        False,
        "[3] and [4] contradict and have no resolution",
    ),
    (cor.no_credible_contradiction, claim(against(withdrawn=True)), True, "there is none"),
    (
        cor.no_credible_contradiction,
        claim(against(resolution=Resolution.SUPERSEDED)),
        True,
        "there is none",
    ),
    (cor.contradictions_resolved, claim(ONE), True, "none is unresolved"),
    (
        cor.contradictions_resolved,
        claim(against("[3]", grade="E")),
        False,
        "[3] contradicts and has no resolution",
    ),
    (
        cor.contradictions_resolved,
        claim(against(grade="E", resolution=Resolution.MISTAKEN)),
        True,
        "none is unresolved",
    ),
    (bar.supports_resolved, claim(against()), True, "none is unresolved"),
    (bar.supports_resolved, claim(item("[3]")), False, "[3] supports and has no resolution"),
    (
        bar.supports_resolved,
        claim(ONE, TWO, item("[3]")),
        False,
        "[1], [2] and [3] support and have no resolution",
    ),
    (bar.supports_resolved, claim(item(resolution=Resolution.ACCEPTED)), True, "none is"),
    # Archived copies, of every counted item of either stance.
    (cor.all_archived, claim(ONE, against("[2]")), True, "2 of 2"),
    (cor.all_archived, claim(ONE, item("[5]", archived=False)), False, "[5] is not archived"),
    (
        cor.all_archived,
        claim(item(archived=False), against("[5]", archived=False)),
        False,
        "[1] and [5] are not archived",
    ),
    (
        cor.all_archived,
        claim(against("[5]", archived=False, resolution=Resolution.OUTWEIGHED)),
        False,
        "[5] is not archived",
    ),
    (
        cor.all_archived,
        claim(ONE, against("[5]", archived=False, resolution=Resolution.MISTAKEN)),
        True,
        "1 of 1",
    ),
    (
        cor.all_archived,
        claim(ONE, against("[5]", archived=False, resolution=Resolution.DIFFERENT_EVENT)),
        True,
        "1 of 1",
    ),
    (cor.all_archived, claim(ONE, item("[5]", archived=False, withdrawn=True)), True, "1 of 1"),
    (
        cor.all_archived,
        claim(ONE, item("[5]", archived=False, stance=Stance.CONTEXT)),
        True,
        "1 of 1",
    ),
    (cor.all_intact, claim(ONE, TWO), True, "2 of 2"),
    (
        cor.all_intact,
        claim(ONE, item("[5]", intact=False)),
        False,
        "[5] failed the integrity check",
    ),
    (cor.all_intact, claim(ONE, item("[5]", intact=False, archived=False)), True, "1 of 1"),
    (cor.all_intact, claim(ONE, item("[5]", intact=False, withdrawn=True)), True, "1 of 1"),
    # Conclusive.
    (
        bar.conclusive_support,
        claim(item(grade="D", **PHOTO)),
        True,
        "[1] is first-hand, with place and date checked",
    ),
    (bar.conclusive_support, claim(item(grade="E", **PHOTO)), True, "[1] is first-hand"),
    (
        bar.conclusive_support,
        claim(item("[7]", grade="D", **UNCHECKED)),
        False,
        f"{NEEDS_CONCLUSIVE}; place and date of [7] unchecked",
    ),
    (
        bar.conclusive_support,
        claim(item(grade="D", visual_checked=True)),
        False,
        NEEDS_CONCLUSIVE,
    ),
    (
        bar.conclusive_support,
        claim(item(grade=None, **ADMITS)),
        True,
        "[1] speaks against the source’s own interest",
    ),
    (bar.conclusive_support, claim(item(grade="E", **ADMITS)), False, NEEDS_CONCLUSIVE),
    (bar.conclusive_support, claim(item(grade=None)), False, NEEDS_CONCLUSIVE),
    (
        bar.conclusive_support,
        claim(ONE, item("[2]", grade="A")),
        True,
        "[1] and [2] are independent and graded A or B",
    ),
    (bar.conclusive_support, claim(ONE, item("[2]", grade="C")), False, NEEDS_CONCLUSIVE),
    (
        bar.conclusive_support,
        claim(ONE, item("[2]", origin=ONE.origin)),
        False,
        NEEDS_CONCLUSIVE,
    ),
    (bar.conclusive_support, claim(item(withdrawn=True, **PHOTO)), False, NEEDS_CONCLUSIVE),
    (
        bar.conclusive_support,
        claim(item(resolution=Resolution.DIFFERENT_EVENT, **PHOTO)),
        False,
        NEEDS_CONCLUSIVE,
    ),
    (bar.conclusive_support, claim(against(**PHOTO)), False, NEEDS_CONCLUSIVE),
    (
        bar.conclusive_support,
        claim(item("[6]", **PHOTO), item("[7]", **PHOTO), item("[5]", grade="D", **ADMITS)),
        True,
        (
            "[6] and [7] are first-hand, with place and date checked; "
            "[5] speaks against the source’s own interest; "
            "[6] and [7] are independent and graded A or B"
        ),
    ),
    (bar.conclusive_contradiction, claim(against(grade="D", **PHOTO)), True, "[1] is first-hand"),
    (bar.conclusive_contradiction, claim(item(grade="D", **PHOTO)), False, NEEDS_CONCLUSIVE),
    (bar.conclusive_contradiction, claim(against(grade="D", **ADMITS)), True, "[1] speaks"),
    (bar.conclusive_contradiction, claim(against(grade="D", **SELF)), False, NEEDS_CONCLUSIVE),
    # Two origins in all.
    (
        bar.independent_support,
        claim(item(grade=None), item("[2]", grade="D")),
        True,
        "2 independent origins: [1] and [2]",
    ),
    (bar.independent_support, claim(ONE), False, "needs 1 more independent origin"),
    (bar.independent_support, claim(), False, "needs 2 more independent origins"),
    (
        bar.independent_support,
        claim(ONE, item("[2]", origin=ONE.origin)),
        False,
        "needs 1 more independent origin",
    ),
    (
        bar.independent_support,
        claim(ONE, item("[2]", grade="E")),
        False,
        "needs 1 more independent origin",
    ),
    (
        bar.independent_support,
        claim(ONE, item("[2]", grade="E", **PHOTO)),
        True,
        "2 independent origins: [1] and [2]",
    ),
    (bar.independent_contradiction, claim(against("[3]"), against("[4]")), True, "[3] and [4]"),
    (
        bar.independent_contradiction,
        claim(against("[3]"), item("[4]")),
        False,
        "needs 1 more independent origin that contradicts it",
    ),
    (
        bar.independent_contradiction,
        claim(),
        False,
        "needs 2 more independent origins that contradict it",
    ),
    (bar.disinterested_support, claim(item(grade="D")), True, "[1]"),
    (bar.disinterested_support, claim(item(**PHOTO, **SELF)), False, "needs 1 origin"),
    (bar.disinterested_support, claim(item(grade="E")), False, "needs 1 origin"),
    (bar.disinterested_support, claim(against()), False, "needs 1 origin"),
    (bar.disinterested_contradiction, claim(against(**ADMITS)), True, "[1]"),
    (bar.disinterested_contradiction, claim(against(**SELF)), False, "needs 1 origin"),
    (bar.disinterested_contradiction, claim(item()), False, "needs 1 origin"),
    # Claims that exclude each other.
    (bar.nothing_exclusive_confirmed, claim(), True, "there is none"),
    (
        bar.nothing_exclusive_confirmed,
        claim(excluded_by=(14, 31)),
        False,
        "cannot hold together with confirmed claim 14, 31",
    ),
    # Newer than the decision.
    (again.newer_item, claim(item(added_at=LATER)), True, "[1]"),
    (
        again.newer_item,
        claim(item(added_at=DECIDED)),
        False,
        "needs 1 item added after the decision",
    ),
    (again.newer_item, claim(item(), decided_at=None), True, "[1]"),
    (again.newer_item, claim(item(added_at=LATER, withdrawn=True)), False, "needs 1 item"),
    (again.newer_item, claim(item(added_at=LATER, stance=Stance.CONTEXT)), False, "needs 1"),
    (
        again.opposing_item_or_cause,
        claim(against(added_at=LATER), status=Status.CONFIRMED),
        True,
        "[1]",
    ),
    (
        again.opposing_item_or_cause,
        claim(against(added_at=EARLIER), status=Status.CONFIRMED),
        False,
        "needs 1 item that contradicts, added after the decision",
    ),
    (
        again.opposing_item_or_cause,
        claim(item(added_at=LATER), status=Status.CONFIRMED),
        False,
        "needs 1 item that contradicts, added after the decision",
    ),
    (
        again.opposing_item_or_cause,
        claim(item(added_at=LATER), status=Status.REFUTED),
        True,
        "[1]",
    ),
    (
        again.opposing_item_or_cause,
        claim(against(added_at=LATER), status=Status.REFUTED),
        False,
        "needs 1 item that supports, added after the decision",
    ),
    (
        again.opposing_item_or_cause,
        claim(status=Status.CONFIRMED, reason_code=ReasonCode.SOURCE_RETRACTED),
        True,
        "A source retracted",
    ),
    (
        again.opposing_item_or_cause,
        claim(status=Status.CONFIRMED, reason_code=ReasonCode.NEW_CONTRADICTING_EVIDENCE),
        False,
        "needs 1 item",
    ),
    # The end of what was so.
    (again.successor_named, claim(superseded_by=40), True, "claim 40"),
    (again.successor_named, claim(item("[9]"), superseding_item="[9]"), True, "[9]"),
    (
        again.successor_named,
        claim(item("[9]", stance=Stance.CONTEXT), superseding_item="[9]"),
        True,
        "[9]",
    ),
    (
        again.successor_named,
        claim(item("[9]", withdrawn=True), superseding_item="[9]"),
        False,
        "name the claim that follows, or the item that shows the end",
    ),
    (again.successor_named, claim(item("[9]"), superseding_item="[8]"), False, "name the claim"),
    (again.successor_named, claim(item("[9]")), False, "name the claim"),
]
