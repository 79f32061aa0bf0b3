"""Turns of phrase that tell how a sentence is meant: hedges, judgements, reports about reports.

English and Arabic; one pattern per question.
"""

from __future__ import annotations

import re


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


HEDGE_ADVERBS = _any(
    r"\b(?:reportedly|allegedly|apparently|supposedly|purportedly|presumably|seemingly)\b ?"
)
HEDGED = _any(
    r"\b(?:reportedly|alleged(?:ly)?|apparently|supposedly|purported(?:ly)?|presumably"
    r"|seemingly)\b",
    r"\b(?:unconfirmed|unverified|rumou?r(?:s|ed)?|suspected|claim(?:s|ed|ing)?|possibly"
    r"|perhaps)\b",
    r"\b(?:is|are|was|were) (?:believed|thought|said|understood|rumou?red) to\b",
    r"\b(?:may|might|could) have\b|\bit (?:seems|appears)\b|\b(?:likely|probably)\b",
    r"يُ?زعم|المزعوم|مزعوم|بزعم|أنباء عن|يبدو|يُ?عتقد|يُ?رجح|يُ?رجّح|من المحتمل|يُ?حتمل|غير مؤكد",
    r"يُ?شتبه|يُ?قال إن|ربما|شائعات|ادعى|ادّعى|ادعت|ادّعت",
)
JUDGED = _any(
    r"\b(?:major(?!-| general)|significant(?:ly)?|crucial|decisive(?:ly)?|fierce(?:ly)?"
    r"|brutal(?:ly)?|massive(?:ly)?"
    r"|huge|historic|devastating|dramatic(?:ally)?|unprecedented|barbaric|heroic|cowardly|shocking"
    r"|horrific|terrible|tragic|shameful|notorious|infamous|so-called|terrorists?|martyr(?:s|ed)?"
    r"|thugs?|mercenar(?:y|ies)|illegitimate|criminal|deliberate(?:ly)?|savage(?:ly)?|vicious"
    r"|important|stunning|resounding|disastrous|catastrophic|humiliating|severe(?:ly)?)\b",
    r"(?<!\w)(?:ال)?(?:إرهابي(?:ة|ين|ون)?|وحشي(?:ة)?|همجي(?:ة)?|بطولي(?:ة)?|تاريخي(?:ة)?"
    r"|كارثي(?:ة)?"
    r"|هائل(?:ة)?|عنيف(?:ة)?|مروّ?ع(?:ة)?|مجرم(?:ين)?|شهداء|مرتزقة|بشع(?:ة)?|حاسم(?:ة)?)(?!\w)",
)
FIGURATIVE = _any(
    r"\bdealt (?:a|another|the) (?:\w+ )?blow\b|\bturning point\b|\bturned the tide\b"
    r"|\bpaved the way\b",
    r"\b(?:farther|further|closer|nearer|stronger|weaker|better|worse)\b.* than (?:ever|before)\b",
    r"\b(?:is|was|were|are|marks?|marked|remains?|represents?|represented) (?:a|an|the"
    r"|another) (?:\w+ ){0,2}"
    r"(?:victory|defeat|setback|success|failure|disaster|tragedy|triumph|embarrassment"
    r"|milestone)\b",
    r"\b(?:sent|sends) a (?:\w+ )?message\b|\bspeaks? for itself\b|\bonly time will tell\b",
)
ABOUT_REPORTS = _any(
    r"^(?:\w+ ){0,2}(?:reports?|rumou?rs?|news|accounts?|details|information|word"
    r"|stories)\b(?: \w+ly)?"
    r" (?:initially |first |slowly |then |also |soon )?(?:began |started )?(?:to )?"
    r"(?:filter|emerg|surfac|circulat|trickl|spread|appear|com|came|arriv|reach|differ"
    r"|conflict)\w*",
    r"\b(?:status|fate|situation|control|identity|cause|number) (?:of [\w' -]{1,80} )?"
    r"(?:remain(?:s|ed)?|is|was|were|are) (?:still )?"
    r"(?:contested|unclear|unknown|disputed|uncertain|in doubt|unresolved)\b",
    r"\b(?:unveil|reveal|report|show|tell|uncover)\w* the (?:whole |full )?truth\b",
)
UNKNOWN = _any(
    r"^(?:it|this)? ?(?:is|was|remains?|remained) (?:still |as yet )?(?:not (?:yet )?(?:known"
    r"|clear|certain)"
    r"|unclear|unknown|uncertain|to be seen)\b",
    r"من غير (?:المعروف|الواضح|المؤكد)|لم يتضح|لم يُ?عرف|لا يُ?عرف|ليس واضح[اًا]"
    r"|ليس من (?:الواضح|المعروف)",
)
UNCOUNTED_HARM = _any(
    r"\b(?:significant|heavy|many|numerous|several|some|severe|large|massive|countless|considerable"
    r"|serious|a number of|an unknown number of|multiple) (?:\w+ )?"
    r"(?:casualties|losses|deaths|fatalities|victims|injuries|wounded|killed|dead|people|civilians"
    r"|fighters|soldiers|children|women|bodies)\b",
    r"(?:خسائر|إصابات|ضحايا|قتلى|جرحى)(?: \w+)? (?:كبيرة|فادحة|كثيرة|عديدة|جسيمة)"
    r"|(?:عدد من|العديد من|عدة) (?:ال)?(?:قتلى|جرحى|ضحايا|مدنيين|إصابات|أشخاص)",
)
NUMBER_RANGE = _any(
    r"\b(?:dozens|scores|hundreds|thousands|tens of thousands|millions)\b(?: of)?",
    r"\b(?:at least|at most|more than|less than|fewer than|up to|over|nearly|almost|around|about"
    r"|approximately|some|roughly|as many as) \d[\d,.]*(?![\w:/])(?! ?(?:am|pm|o'clock)\b)",
    r"\bbetween \d[\d,.]* and \d[\d,.]*\b|\b\d[\d,.]*(?: to |–)\d[\d,.]*(?= (?:people|civilians"
    r"|dead"
    r"|killed|wounded|fighters|soldiers|deaths|casualties|percent|per cent|families|homes))",
    r"(?<!\w)(?:عشرات|مئات|آلاف|الآلاف|المئات|العشرات)(?!\w)"
    r"|(?:حوالي|نحو|قرابة|أكثر من|أقل من|ما لا يقل عن|ما يقارب|ما يزيد عن|بين) [\d٠-٩]+",
)
EVERY_PLACE = _any(
    r"\b(?:every|all|each|any|none)(?: (?:of )?(?:the|its|their|these|those))?(?: \w+)? "
    r"(?:locations?|places?|towns?|villages?|positions?|areas?|gains?|territor(?:y|ies)|grounds?"
    r"|cit(?:y|ies)|districts?|neighbou?rhoods?|suburbs?|points?|hills?|objectives?)\b",
    r"(?:كل|جميع|كافة) (?:المناطق|المواقع|البلدات|القرى|المدن|الأحياء|النقاط|الأراضي)",
)
EVIDENCE = _any(
    r"^(?:the |new |these |several )?(?:\w+ )?(?:photos?|photographs?|pictures?|images?|videos?"
    r"|footage"
    r"|clips?|imagery)\b"
)
EARLIER_HAPPENING = re.compile(
    r"^(?:With|After|Following) the (?:loss|fall|capture|recapture|surrender|seizure|collapse) of\b"
)
