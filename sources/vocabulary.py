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
    IMPORT = "import", "Imported"
    PROVIDED = "provided", "Provided as a file"


class ArtifactKind(Term):
    TEXT = "text", "Text"
    TEXT_SECOND = "text_second", "Text by the second extractor"


class ArtifactStatus(Term):
    OK = "ok", "Made"
    EMPTY = "empty", "The page holds no text"
    FAILED = "failed", "Failed"


class DerivationState(Term):
    PROPOSED = "proposed", "Proposed"
    CONFIRMED = "confirmed", "Confirmed"
    REJECTED = "rejected", "Not a copy"
