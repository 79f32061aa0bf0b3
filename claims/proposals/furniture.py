"""Lines that belong to a page and not to the article on it, and lines that caption a picture."""

from __future__ import annotations

import re

_ENGLISH = (
    r"by (?:(?:a|our|the) )?[^.,;:!?\d]{2,50}(?:, [^.;:!?\d]{2,40})?",
    r"leave a (?:reply|comment)",
    r"your e-?mail address will not be published.*",
    r"required fields are marked.*",
    r"(?:post|add|submit)(?: a| your)? comment",
    r"(?:no |\d+ )?comments?(?: (?:off|closed|are closed|on .*))?",
    r"save my name, e-?mail.*",
    r"you must be logged in.*",
    r"share (?:this|on|via|article|story)\b.{0,60}",
    r"(?:click|tap) (?:here )?to (?:share|print|e-?mail|subscribe|enlarge|expand).*",
    r"(?:like|follow|find|join) us\b.{0,60}",
    r"(?:tweet|share|like|print|e-?mail|facebook|twitter|whatsapp|telegram|pinterest|loading)\W*",
    r"(?:related|recommended|popular|trending|more)(?: (?:posts|stories|articles|news|from .*))",
    r"(?:read|see|watch|learn) (?:more|also|next)\b.{0,120}",
    r"(?:subscribe|sign up|sign in|log in|register)\b.{0,120}",
    r"(?:advertisement|sponsored(?: content)?|advertise with us)\W*",
    r"(?:filed under|posted in|tagged|tags|categories|category)\s*:.*",
    r"(?:previous|next)(?: (?:post|article|story|page))?\W*",
    r"(?:skip to (?:content|main content|navigation)|back to top|menu|search|home)\W*",
    r".{0,80}\ball rights reserved\b.{0,80}",
    r"(?:copyright|©|\(c\))\s.{0,120}",
    r"(?:this (?:site|website)|we) uses? cookies.*",
    r"(?:privacy policy|terms of (?:use|service)|cookie policy|about us|contact us)\W*",
)
_ARABIC = (
    r"اترك (?:رد[اًا]*|تعليق[اًا]*)",
    r"لن يتم نشر عنوان بريدك الإلكتروني.*",
    r"(?:شارك|شاركنا|مشاركة|غرّد|تابعنا|تابعونا)\b.{0,60}",
    r"(?:اقرأ|إقرأ|شاهد|طالع) (?:أيض[اًا]*|المزيد)\b.{0,120}",
    r"(?:مقالات|مواضيع|أخبار) (?:ذات صلة|مشابهة|أخرى)",
    r"جميع الحقوق محفوظة.{0,80}",
    r"(?:التعليقات|الوسوم|إعلان|بحث|القائمة|الرئيسية)\W*",
)
_FURNITURE = re.compile("|".join(f"(?:{line})" for line in _ENGLISH + _ARABIC), re.IGNORECASE)

_CAPTION = re.compile(
    r"(?:photo|image|picture|pictured|illustration|map|screenshot|video still|credit)"
    r"(?: credit| by)?\s*[:/|(].*"
    r"|.{1,300}\((?:photo|image|picture|map)(?: by|:| credit)[^()]{1,80}\)\.?"
    r"|(?:صورة|الصورة|خريطة)\s*[:：].*",
    re.IGNORECASE,
)

_LONGEST_LINE = 300


def is_furniture(line: str) -> bool:
    """Whether a whole line is of the page: a form, a share button, a menu, a legal notice."""
    line = line.strip()
    return len(line) <= _LONGEST_LINE and _FURNITURE.fullmatch(line) is not None


def is_caption(line: str) -> bool:
    """Whether a line says itself that it describes a picture."""
    line = line.strip()
    return len(line) <= _LONGEST_LINE and _CAPTION.fullmatch(line) is not None
