"""The invented cast of the Aleppo story, in the order in which it speaks.

Every source, statement and hour here is invented; demo/PROVENANCE.md says so, and so does every
page. Dates are those of the story, November 2016; the record's own times are never taken from here.
"""

from __future__ import annotations

from datetime import UTC, datetime

from claims.vocabulary import Alignment, ClaimKind, Directness, Resolution, Stance
from demo.parts import CastClaim, CastParty, CastResolution, CastSource, Filing
from sources.vocabulary import Degree, DocumentKind, Grade, SourceKind

PARTIES: tuple[CastParty, ...] = (
    CastParty(
        key="government",
        name="Government and allies",
        aliases=(
            "government",
            "government forces",
            "Syrian Arab Army",
            "SAA",
            "Hezbollah",
            "Harakat al-Nujaba",
            "الحكومة وحلفاؤها",
            "القوات الحكومية",
        ),
    ),
    CastParty(
        key="opposition",
        name="Opposition and allies",
        aliases=(
            "opposition",
            "opposition forces",
            "rebel coalition",
            "rebel units",
            "Jabhet Fatah al-Shaam",
            "Jabhat Fatah al-Sham",
            "JFS",
            "المعارضة وحلفاؤها",
            "الفصائل",
        ),
    ),
)

SOURCES: tuple[CastSource, ...] = (
    CastSource(
        key="grey_ridge",
        name="Grey Ridge Brigade channel (invented)",
        name_ar="قناة لواء السفح الرمادي (مختلقة)",
        kind=SourceKind.PARTY_MEDIA,
        description="Invented for demonstration: posts of an armed group.",
        languages=("ar", "en"),
        country="SY",
        path="/grey-ridge/",
        grade=Grade.D,
        grade_rationale=(
            "Announces its own side's gains first and fast; several announcements were early, and "
            "none of its losses was ever reported."
        ),
        party="government",
        degree=Degree.MEMBER,
        affiliation_rationale="The group fights beside the government and says so on its channel.",
    ),
    CastSource(
        key="state_bulletin",
        name="State Bulletin Agency (invented)",
        name_ar="وكالة النشرة الرسمية (مختلقة)",
        kind=SourceKind.STATE_AGENCY,
        description="Invented for demonstration: a national news agency.",
        languages=("ar", "en"),
        country="SY",
        path="/state-bulletin/",
        grade=Grade.D,
        grade_rationale=(
            "Speaks for the government on the war and takes over reports of allied groups without "
            "naming them; no corrections known."
        ),
        party="government",
        degree=Degree.MEMBER,
        affiliation_rationale="Owned and directed by the government.",
    ),
    CastSource(
        key="western_axis",
        name="Western Axis Operations Room (invented)",
        name_ar="غرفة عمليات المحور الغربي (مختلقة)",
        kind=SourceKind.PARTY_MEDIA,
        description="Invented for demonstration: statements of a joint opposition command.",
        languages=("ar", "en"),
        country="SY",
        path="/western-axis/",
        grade=Grade.D,
        grade_rationale=(
            "A fighting party that reports on its own battles; its statements on lost ground come "
            "late or not at all."
        ),
        party="opposition",
        degree=Degree.MEMBER,
        affiliation_rationale="The joint command of the opposition factions on this front.",
    ),
    CastSource(
        key="longitude_wire",
        name="Longitude Wire (invented)",
        name_ar="وكالة خط الطول (مختلقة)",
        kind=SourceKind.WIRE_AGENCY,
        description="Invented for demonstration: an international news agency.",
        languages=("en", "ar"),
        country="",
        path="/longitude-wire/",
        grade=Grade.B,
        grade_rationale=(
            "Names what it could not verify, asks both sides and prints corrections; no reporter "
            "of its own on the spot."
        ),
    ),
    CastSource(
        key="quarter_lantern",
        name="Quarter Lantern (invented)",
        name_ar="صفحة فانوس الحي (مختلقة)",
        kind=SourceKind.OUTLET,
        description=(
            "Invented for demonstration: a local news page in the opposition-held part of Aleppo."
        ),
        languages=("ar", "en"),
        country="SY",
        path="/quarter-lantern/",
        grade=Grade.C,
        grade_rationale=(
            "Close to events and usually right on its own streets; small, unsigned, and dependent "
            "on fighters for access."
        ),
        party="opposition",
        degree=Degree.SYMPATHETIC,
        affiliation_rationale="Written in opposition-held streets, for the people who live there.",
    ),
    CastSource(
        key="control_lines",
        name="Control Lines Monitor (invented)",
        name_ar="مرصد خطوط السيطرة (مختلق)",
        kind=SourceKind.MONITOR_NGO,
        description="Invented for demonstration: a group that records who holds which place.",
        languages=("en", "ar"),
        country="",
        path="/control-lines/",
        grade=Grade.B,
        grade_rationale=(
            "Publishes its method and its corrections, and asks residents before it tells them "
            "what was claimed."
        ),
    ),
    CastSource(
        key="photo_notebook",
        name="Photo Notebook (invented)",
        name_ar="دفتر الصور (مختلق)",
        kind=SourceKind.JOURNALIST,
        description="Invented for demonstration: a photographer with pro-government forces.",
        languages=("en", "ar"),
        country="SY",
        path="/photo-notebook/",
        grade=Grade.C,
        grade_rationale=(
            "Hands out original files and says what was not seen; works only where officers allow."
        ),
        party="government",
        degree=Degree.ALLIED,
        affiliation_rationale="Travels with government forces and under their conditions.",
    ),
    CastSource(
        key="regional_round_up",
        name="Regional Round-up (invented)",
        name_ar="حصاد الإقليم (مختلق)",
        kind=SourceKind.OUTLET,
        description="Invented for demonstration: a site that repeats what others publish.",
        languages=("ar",),
        country="",
        path="/regional-round-up/",
        grade=Grade.F,
        grade_rationale="Nothing of its own was found by which it could be judged.",
    ),
)

FILINGS: tuple[Filing, ...] = (
    Filing(
        key="channel_post",
        source="grey_ridge",
        after="contested",
        path="/grey-ridge/ar/1147.html",
        document_kind=DocumentKind.POST,
        published_at=datetime(2016, 11, 11, 18, 22, tzinfo=UTC),
        title="لواء السفح الرمادي: استعادة ضاحية الأسد غربي حلب",
        language="ar",
        stance=Stance.SUPPORTS,
        directness=Directness.OFFICIAL_STATEMENT,
        alignment=Alignment.SELF_SERVING,
        credibility=3,
        quote=(
            "استعادت القوات الحكومية والمجموعات الحليفة مساء اليوم "
            "السيطرة الكاملة على ضاحية الأسد غربي حلب"
        ),
        translation=(
            "Government forces and allied groups this evening regained full control of "
            "Dhahiyet al-Assad west of Aleppo"
        ),
        note="The first report. A fighting party announces its own success and shows no pictures.",
        footnote=8,
    ),
    Filing(
        key="agency_bulletin",
        source="state_bulletin",
        after="contested",
        path="/state-bulletin/ar/dhahiyet-al-assad.html",
        document_kind=DocumentKind.ARTICLE,
        published_at=datetime(2016, 11, 11, 19, 5, tzinfo=UTC),
        title="السيطرة الكاملة على ضاحية الأسد غربي حلب",
        language="ar",
        stance=Stance.SUPPORTS,
        directness=Directness.AGGREGATION,
        alignment=Alignment.SELF_SERVING,
        credibility=6,
        quote=(
            "استعادت القوات الحكومية والمجموعات الحليفة مساء اليوم "
            "السيطرة الكاملة على ضاحية الأسد غربي حلب"
        ),
        translation=(
            "Government forces and allied groups this evening regained full control of "
            "Dhahiyet al-Assad west of Aleppo"
        ),
        note="Repeats the channel's post 43 minutes later, nearly word for word, unnamed.",
    ),
    Filing(
        key="operations_room",
        source="western_axis",
        after="contested",
        path="/western-axis/ar/statement-31.html",
        document_kind=DocumentKind.STATEMENT,
        published_at=datetime(2016, 11, 11, 22, 2, tzinfo=UTC),
        title="بيان رقم 31: لا صحة لسقوط ضاحية الأسد",
        language="ar",
        stance=Stance.CONTRADICTS,
        directness=Directness.OFFICIAL_STATEMENT,
        alignment=Alignment.SELF_SERVING,
        credibility=3,
        quote="ما زال مقاتلونا داخل ضاحية الأسد وقد صدوا الهجوم.",
        translation=(
            "Our fighters are still inside Dhahiyet al-Assad and have repelled the attack."
        ),
        note="The other party denies its own loss on the same evening, also without pictures.",
    ),
    Filing(
        key="wire_report",
        source="longitude_wire",
        after="contested",
        path="/longitude-wire/en/suburb-status.html",
        document_kind=DocumentKind.ARTICLE,
        published_at=datetime(2016, 11, 11, 23, 40, tzinfo=UTC),
        title="Rival claims over suburb at western gate of Aleppo",
        language="en",
        stance=Stance.CONTEXT,
        directness=Directness.REPORTING,
        alignment=Alignment.NEUTRAL,
        credibility=2,
        quote="Late on Friday the status of Dhahiyet al-Assad remained contested.",
        translation="",
        note="Asked both sides and four residents, and could not settle it.",
    ),
    Filing(
        key="local_admission",
        source="quarter_lantern",
        after="confirmed",
        path="/quarter-lantern/ar/withdrawal.html",
        document_kind=DocumentKind.ARTICLE,
        published_at=datetime(2016, 11, 12, 9, 48, tzinfo=UTC),
        title="الفصائل تغادر ضاحية الأسد بعد ليلة من القصف",
        language="ar",
        stance=Stance.SUPPORTS,
        directness=Directness.REPORTING,
        alignment=Alignment.AGAINST_INTEREST,
        credibility=2,
        quote="انسحبت الفصائل من ضاحية الأسد بعد قصف عنيف.",
        translation="The factions withdrew from Dhahiyet al-Assad after heavy shelling.",
        note=(
            "A page on the losing side admits the withdrawal on the word of two fighters who were "
            "in the last group to leave."
        ),
    ),
    Filing(
        key="monitor_bulletin",
        source="control_lines",
        after="confirmed",
        path="/control-lines/en/bulletin-12-november.html",
        document_kind=DocumentKind.REPORT,
        published_at=datetime(2016, 11, 12, 11, 30, tzinfo=UTC),
        title="Daily bulletin, Saturday 12 November: western Aleppo",
        language="en",
        stance=Stance.SUPPORTS,
        directness=Directness.REPORTING,
        alignment=Alignment.NEUTRAL,
        credibility=2,
        quote=(
            "Dhahiyet al-Assad is listed as under government control since the early hours of "
            "Saturday."
        ),
        translation="",
        note="Rests on two residents asked separately; on Friday it listed the place as disputed.",
    ),
    Filing(
        key="photo_page",
        source="photo_notebook",
        after="confirmed",
        path="/photo-notebook/en/corner.html",
        document_kind=DocumentKind.IMAGE,
        published_at=datetime(2016, 11, 12, 13, 20, tzinfo=UTC),
        title="Two pictures from inside the suburb, Saturday morning",
        language="en",
        stance=Stance.SUPPORTS,
        directness=Directness.FIRST_HAND_VISUAL,
        alignment=Alignment.SELF_SERVING,
        credibility=2,
        quote=(
            "Both pictures were taken on Saturday morning at one street corner inside "
            "Dhahiyet al-Assad."
        ),
        translation="",
        note="Soldiers at a street corner well inside the suburb, by daylight on 12 November.",
        footnote=9,
        picture="1 and 2",
        visual_check=(
            "Place: the shop at Tower Street and School Street, with the water tower to the left "
            "in one picture and to the right in the other, as two viewpoints of one corner demand. "
            "Date: original files, camera clock three minutes slow. Authenticity: no trace of "
            "editing, no earlier copy found."
        ),
    ),
)

# Left for a visitor to add at the desk: the archived text gives it away as a copy.
REPOST = Filing(
    key="regional_copy",
    source="regional_round_up",
    after="confirmed",
    path="/regional-round-up/ar/aleppo-withdrawal.html",
    document_kind=DocumentKind.ARTICLE,
    published_at=datetime(2016, 11, 12, 10, 55, tzinfo=UTC),
    title="صفحة محلية: الفصائل خرجت من ضاحية الأسد",
    language="ar",
    stance=Stance.SUPPORTS,
    directness=Directness.AGGREGATION,
    alignment=Alignment.NEUTRAL,
    credibility=6,
    quote="انسحبت الفصائل من ضاحية الأسد بعد قصف عنيف.",
    translation="The factions withdrew from Dhahiyet al-Assad after heavy shelling.",
    note="Repeats the local page, which it names.",
)

CLAIM = CastClaim(
    sentence="Dhahiyet al-Assad was recaptured by the government",
    sentence_ar="استعادت الحكومة ضاحية الأسد",
    kind=ClaimKind.CONTROL,
    favours="government",
    place="Dhahiyet al-Assad",
    place_names=("Dahiyat al-Assad", "ضاحية الأسد"),
    time_from=datetime(2016, 11, 11, tzinfo=UTC),
    time_to=datetime(2016, 11, 12, 23, 59, tzinfo=UTC),
    contested_reason=(
        "The opposition's operations room says that its fighters still hold the suburb."
    ),
    confirmed_reason=(
        "Two pictures matched to one street corner, and a page on the losing side reports the "
        "withdrawal. No denial since 22:02 on 11 November."
    ),
    finding=(
        "Pictures taken inside the suburb and matched to one street corner, and a report from the "
        "side that lost it, both say that government forces hold Dhahiyet al-Assad."
    ),
    would_change_it=(
        "Dated images from after 12 November 2016 that show opposition forces inside the suburb."
    ),
)

RESOLUTION = CastResolution(
    filing="operations_room",
    kind=Resolution.SUPERSEDED,
    text=(
        "Earlier than the photographs: the statement is of the evening of 11 November, the "
        "pictures were taken on the morning after, and the denial was not repeated."
    ),
)
