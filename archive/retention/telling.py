"""The reasoning of a date in words: one sentence a rule, and one for the whole unit."""

from archive.messages import Language, sentence
from archive.retention.period import Due, DueState, Reason


def told(reason: Reason, language: Language) -> str:
    """What one rule comes to, with its clause."""
    rule = reason.rule
    name = rule.name_en if language == "en" else rule.name_zh
    key = f"clock-start.{rule.starts}" if rule.starts else "retention-reason.any-event"
    return sentence(
        f"retention-reason.{reason.kind}",
        language,
        name=name or rule.written,
        years=rule.years,
        clause=rule.clause or sentence("retention-reason.no-clause", language),
        starts=sentence(key, language),
        year=str(reason.trigger.year) if reason.trigger else "",
        trigger=reason.trigger,
        starts_on=reason.starts_on,
        exact=reason.exact,
        ends=reason.ends,
    )


def whole_told(due: Due, language: Language) -> str:
    """What the rules come to together."""
    several = len(due.reasons) > 1
    if due.protected_through is None or due.eligible_from is None:
        key = "never" if due.state == DueState.NEVER else "not-started"
        number = ("" if key == "never" else "-all") if several else "-one"
        return sentence(f"retention-reason.{key}{number}", language)
    key = "longest" if several else "through"
    return sentence(
        f"retention-reason.{key}",
        language,
        through=due.protected_through,
        eligible=due.eligible_from,
    )
