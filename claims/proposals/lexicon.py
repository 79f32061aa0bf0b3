"""General English vocabulary that the rules compare with: function words, verbs by what they say.

The lists are of the language and of conflict and public affairs in general; no article's own words
are in them.
"""

from __future__ import annotations

from enum import StrEnum


def words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


class Happening(StrEnum):
    """What a verb says, from the most to the least checkable."""

    CONTROL = "control"  # a place changes hands, seen from the winner
    LOSS = "loss"  # the same from the loser
    HARM = "harm"
    ATTACK = "attack"
    END = "end"
    SAYING = "saying"
    OTHER = "other"
    WEAK = "weak"  # a state that can hardly be tested
    PROCESS = "process"  # something goes on or begins; the outcome is told elsewhere
    STATE = "state"


# One verb is its base form, or base/past/participle if it is irregular.
_VERBS = {
    Happening.CONTROL: "capture recapture seize retake/retook/retaken secure liberate conquer"
    " occupy"
    " overrun/overran/overrun reclaim regain reoccupy",
    Happening.LOSS: "retreat withdraw/withdrew/withdrawn abandon lose/lost/lost flee/fled/fled"
    " surrender yield cede evacuate relinquish fall/fell/fallen",
    Happening.HARM: "kill wound injure maim destroy damage displace suffer execute murder massacre"
    " die/died/died starve drown demolish",
    Happening.ATTACK: "attack shell bomb bombard strike/struck/struck hit/hit/hit target assault"
    " storm ambush raid besiege shoot/shot/shot fire launch clash fight/fought/fought repel"
    " repulse",
    Happening.END: "halt fail stall collapse end cease stop",
    Happening.SAYING: "say/said/said tell/told/told report announce claim state deny confirm warn"
    " accuse add estimate document declare insist argue acknowledge admit",
    Happening.WEAK: "threaten endanger pressure undermine weaken destabilise destabilize jeopardise"
    " jeopardize worry",
    Happening.PROCESS: "begin/began/begun start continue restart resume erupt shift move regroup"
    " reinforce intensify escalate remain rage proceed prepare persist ensue try attempt plan",
    Happening.STATE: "provide overlook include contain consist lie/lay/lain stand/stood/stood"
    " seem appear",
    Happening.OTHER: "take/took/taken give/gave/given make/made/made go/went/gone come/came/come"
    " leave/left/left hold/held/held keep/kept/kept find/found/found see/saw/seen show/showed/shown"
    " know/knew/known get/got/got send/sent/sent bring/brought/brought build/built/built"
    " pay/paid/paid meet/met/met win/won/won lead/led/led run/ran/run write/wrote/written"
    " break/broke/broken cut/cut/cut put/put/put set/set/set rise/rose/risen grow/grew/grown"
    " speak/spoke/spoken drive/drove/driven fly/flew/flown become/became/become buy/bought/bought"
    " sell/sold/sold spend/spent/spent burn/burnt/burnt deal/dealt/dealt cost/cost/cost"
    " shut/shut/shut feel/felt/felt hear/heard/heard blow/blew/blown steal/stole/stolen"
    " begin/began/begun vote sign arrest search gather walk carry inspect open close use force"
    " reach cross enter publish post gain",
}

IDIOMS = {
    ("ground", "to", "a", "halt"): Happening.END,
    ("came", "to", "a", "halt"): Happening.END,
    ("came", "to", "an", "end"): Happening.END,
    ("broke", "out"): Happening.PROCESS,
    ("took", "control"): Happening.CONTROL,
    ("pulled", "out"): Happening.LOSS,
    ("pulled", "back"): Happening.LOSS,
    ("gave", "up"): Happening.LOSS,
}
STRICTLY_TRANSITIVE = words(
    "capture recapture seize retake occupy regain reclaim lose hold take make kill wound publish"
    " post gain destroy displace damage give find use build"
)
AUXILIARIES = words(
    "is are was were be been being has have had do does did will would can could may might shall"
    " should must"
)
BE = words("is are was were be been being")
MODALS = words("will would may might could shall should")
DETERMINERS = words(
    "a an the this that these those their its his her our your my some many several most all both"
    " every each any no other more few such two three four five"
)
PREPOSITIONS = words(
    "of in on at by to from into onto within without with near around outside inside towards toward"
    " through across along over under between among against about during since until till after"
    " before for as per than behind beyond via despite amid following"
)
CONJUNCTIONS = words("and but or nor yet while whereas so")
SUBORDINATORS = words(
    "after before when while as since once until till although though because if whereas"
)
CAUSAL = words("as because since")
LEAD_WORDS = SUBORDINATORS | words(
    "despite with following beginning starting during in on at by from near amid without within"
    " under through between throughout around inside outside over upon against like unlike"
)
RELATIVES = words("which who whom whose where")
NOT_VERBS_IN_ED = words(
    "hundred need indeed speed seed breed feed weed bed red armed unprecedented sacred naked"
    " so-called"
    " united aged shed exceed proceed succeed embed"
)
LINKING = words("be remain become seem appear stay")
CAUSATIVE = words("force compel make oblige manage")
NEGATIONS_AND_ADVERBS = words(
    "not also then later soon now already still never ever again subsequently however once only"
    " even"
    " reportedly allegedly apparently"
)
CONNECTORS = words(
    "however meanwhile moreover furthermore additionally nevertheless nonetheless finally"
    " eventually"
    " thus therefore consequently similarly instead overall today afterwards later subsequently"
)
FIGHTING = words(
    "fighting clashes clash skirmishes skirmish battle battles bombardment shelling resistance"
    " combat"
    " confrontations hostilities assault attack attacks"
)
SETTLEMENTS = words(
    "city town village neighborhood neighbourhood suburb area district province region governorate"
    " countryside quarter"
)
PLACE_NOUNS = SETTLEMENTS | words(
    "camp hill valley hospital airport base crossing bridge market school square street port"
)
PLACE_PLURALS = words(
    "areas cities towns villages neighborhoods neighbourhoods suburbs districts provinces regions"
    " hills places locations camps quarters"
)
AROUND = words("vicinity area region outskirts frontline front countryside axis surroundings")
PLACE_PREPOSITIONS = words(
    "in at near within into inside outside around towards toward from to across through"
)
PLACE_LINKS = words(
    "suburb suburbs town towns city cities village villages district districts neighborhood"
    " neighbourhood province region outskirts"
    " siege fall loss capture recapture control assault attack offensive battle part parts north"
    " south east west countryside vicinity area areas edge centre center quarter governorate"
)
PLACE_HEADS = words(
    "Tell Tel Tal Jabal Mount Wadi Khan Deir Kafr Camp Hill Hills Airport Airbase Valley River"
    " Bridge"
    " Square Street District Province Governorate Projects Hospital University Island Port Lake"
)
ORGANISATION_HEADS = words(
    "Army Forces Force Brigade Brigades Front Party Ministry Government Council Union Committee"
    " Organization Organisation Agency Group Corps Militia Battalion Division Movement Coalition"
    " Observatory Centre Center Network Association Court Commission Police News Nations Archive"
    " Company Bank Channel Syndicate"
)
PERSON_TITLES = words(
    "Mr Mrs Ms Dr President Minister General Colonel Captain Sheikh Mayor Governor Judge Doctor"
    " Commander King Prince Secretary Ambassador Spokesman Spokeswoman Professor"
)
MONTHS = words(
    "January February March April May June July August September October November December"
)
NOT_PLACES = MONTHS | words(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday English Arabic Facebook Twitter"
    " YouTube"
    " Telegram Islam God Ramadan Eid I"
)


def _forms() -> dict[str, tuple[str, Happening]]:
    known: dict[str, tuple[str, Happening]] = {}
    for happening, listed in _VERBS.items():
        for verb in listed.split():
            base, *irregular = verb.split("/")
            for form in irregular or [_past(base)]:
                known.setdefault(form, (base, happening))
    return known


def _past(base: str) -> str:
    if base.endswith("e"):
        return f"{base}d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ied"
    doubled = {"stop": "stopped", "ban": "banned", "plan": "planned", "repel": "repelled"}
    return doubled.get(base, f"{base}ed")


def _present_forms() -> dict[str, tuple[str, Happening]]:
    known: dict[str, tuple[str, Happening]] = {}
    for happening, listed in _VERBS.items():
        for verb in listed.split():
            base = verb.split("/")[0]
            plural = f"{base}es" if base.endswith(("s", "sh", "ch", "x", "go")) else f"{base}s"
            if base.endswith("y") and base[-2] not in "aeiou":
                plural = f"{base[:-1]}ies"
            known.setdefault(base, (base, happening))
            known.setdefault(plural, (base, happening))
    return known


PAST_FORMS = _forms()
PRESENT_FORMS = _present_forms()
PARTICIPLES = {
    (verb.split("/")[-1] if "/" in verb else _past(verb)): (verb.split("/")[0], happening)
    for happening, listed in reversed(_VERBS.items())
    for verb in listed.split()
}
PAST_OF = {
    verb.split("/")[0]: (verb.split("/")[1] if "/" in verb else _past(verb))
    for listed in _VERBS.values()
    for verb in listed.split()
}
