"""Closed sets of words about sources, documents and captures. Pure: no framework."""

from __future__ import annotations

from core.terms import Term


class SourceKind(Term):
    STATE_AGENCY = "state_agency", "State news agency"
    PARTY_MEDIA = "party_media", "Media of a party to the conflict"
    OFFICIAL_BODY = "official_body", "Official body"
    WIRE_AGENCY = "wire_agency", "Wire agency"
    OUTLET = "outlet", "News outlet"
    MONITOR_NGO = "monitor_ngo", "Monitoring group"
    JOURNALIST = "journalist", "Journalist"
    LOCAL_ACTIVIST = "local_activist", "Local activist"
    EYEWITNESS = "eyewitness", "Eyewitness"
    IMAGERY_PROVIDER = "imagery_provider", "Imagery provider"
    PLATFORM_ACCOUNT = "platform_account", "Account on a platform"
    OTHER = "other", "Other"


class Safety(Term):
    PUBLIC = "public", "Public"
    WITHHELD = "withheld", "Name withheld to protect a person"


class Degree(Term):
    MEMBER = "member", "Part of this side"
    ALLIED = "allied", "Allied with this side"
    SYMPATHETIC = "sympathetic", "Leans to this side"


class Grade(Term):
    """Reliability of a source on the Admiralty scale; F is unknown, not low."""

    A = "A", "Completely reliable"
    B = "B", "Usually reliable"
    C = "C", "Fairly reliable"
    D = "D", "Not usually reliable"
    E = "E", "Unreliable"
    F = "F", "Reliability cannot be judged"


class AddressKind(Term):
    DOMAIN = "domain", "Domain"
    PATH = "path", "Path under a domain"
    HANDLE = "handle", "Account on a platform"


class DocumentKind(Term):
    ARTICLE = "article", "Article"
    POST = "post", "Post"
    IMAGE = "image", "Picture"
    VIDEO = "video", "Video"
    STATEMENT = "statement", "Statement"
    REPORT = "report", "Report"
    DATASET = "dataset", "Data set"


class DatePrecision(Term):
    MINUTE = "minute", "To the minute"
    HOUR = "hour", "To the hour"
    DAY = "day", "To the day"
    MONTH = "month", "To the month"
    YEAR = "year", "To the year"


class CaptureState(Term):
    """Where the capture of one address stands; the row is the truth, a message only a hint."""

    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Capturing"
    RETRY_WAIT = "retry_wait", "Will be tried again"
    SEALED = "sealed", "Archived"
    FAILED = "failed", "Failed"
    REFUSED = "refused", "Refused"
    CANCELLED = "cancelled", "Cancelled"


class CaptureReason(Term):
    USER = "user", "Asked for by a person"
    SCHEDULE = "schedule", "Scheduled"
    IMPORT = "import", "Imported from a web archive file"
    PROVIDED = "provided", "Provided as a file by a person"


class ArtifactKind(Term):
    TEXT = "text", "Text"
    TEXT_SECOND = "text_second", "Text by the second extractor"
    PICTURE = "picture", "Picture of the page"
    VISIBLE = "visible", "All text that the page shows"


class ArtifactStatus(Term):
    OK = "ok", "Made"
    EMPTY = "empty", "The page holds no text"
    FAILED = "failed", "Failed"


class JobKind(Term):
    """What is made from a sealed snapshot, each by itself, so that one failing stops no other."""

    TEXT = "text", "Text"
    PICTURE = "picture", "Picture"


class JobState(Term):
    PENDING = "pending", "Waiting"
    RUNNING = "running", "Being made"
    DONE = "done", "Made"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Not made here"


class RobotsVerdict(Term):
    """What robots.txt of the site said of the address when it was captured."""

    NOT_ASKED = "", "Not asked"
    ALLOWED = "allowed", "Allowed"
    DISALLOWED = "disallowed", "Robots are asked to stay away"
    UNAVAILABLE = "unavailable", "robots.txt could not be read"


class Change(Term):
    """How a later capture differs from the one before, in the words of the change watch."""

    UNCHANGED = "unchanged", "Unchanged"
    BOILERPLATE = "boilerplate_only", "Only what surrounds the text changed"
    EDITED = "edited", "The text changed"
    TITLE = "title_changed", "The title changed"
    DATE = "date_changed", "The date changed"
    GONE = "gone", "The page is gone"
    SOFT_404 = "soft_404", "The page seems to be gone, though the site says otherwise"
    REDIRECTED = "redirected", "The address leads elsewhere now"
    BOT_WALL = "bot_wall", "A check for robots, or a request to pay, stands before the page"
    UNREACHABLE = "unreachable", "The site could not be reached"
    RESTORED = "restored", "The page is back"


class TakedownBasis(Term):
    """Why archived bytes are not shown any more."""

    COURT_ORDER = "court_order", "Order of a court"
    COPYRIGHT = "copyright", "Claim of copyright"
    PRIVACY = "privacy", "Privacy of a person"
    SAFETY = "safety", "Safety of a person"
    ILLEGAL_CONTENT = "illegal_content", "Content that may not be kept"
    OTHER = "other", "Another reason"


class DerivationState(Term):
    PROPOSED = "proposed", "Proposed"
    CONFIRMED = "confirmed", "Confirmed"
    REJECTED = "rejected", "Not a copy"


NOTED = "sources:source:noted"
"""Tag of a line of the record that is a note on a source: nothing changed, for the desk only."""
