"""What a refusal says to a person: its sentence, with the codes of roles, steps and states in words.

Pages, the API and the command line all tell a refusal this way, so that it reads the same
everywhere: which rule refuses, and what to do next.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from archive.errors import ArchiveError
from archive.messages import Language, sentence, sentences

_WORDS: Mapping[str, Mapping[str, str]] = {
    "NotPermitted": {"permission": "permission"},
    "SamePerson": {"step": "duty", "other": "duty"},
    "OfficesClash": {"role": "role", "other": "role"},
    "OfficeNeedsStation": {"role": "role"},
    "CheckListIncomplete": {"item": "check"},
    "CheckListSaysNo": {"item": "check"},
    "NotYourPart": {"part": "part"},
    "WrongDepartment": {"department": "department"},
    "WitnessesMissing": {"departments": "department"},
}
"""By error and fact: the table of the catalogue that puts the fact's code in words."""


def refusal(error: ArchiveError, language: Language) -> str:
    """The sentence of an error."""
    name, facts = type(error).__name__, dict(error.facts)
    if name == "NotPossibleNow":
        return _not_possible(facts, language)
    if name in {"TextTooLong", "NotPlainText"}:
        kept = f"kept.{facts['what']}"
        facts["what"] = sentence(kept if kept in sentences("zh") else "kept.other", language)
    for fact, table in _WORDS.get(name, {}).items():
        facts[fact] = _in_words(table, facts[fact], language)
    if name == "StillCooling":
        facts["until"] = datetime.fromisoformat(facts["until"])
    return sentence(f"error.{name}", language, **facts)


def _in_words(table: str, told: Any, language: Language) -> Any:
    if isinstance(told, list | tuple):
        return [sentence(f"{table}.{code}", language) for code in told]
    return sentence(f"{table}.{told}", language)


def gate_reasons(reasons: Iterable[Mapping[str, Any]], language: Language) -> list[str]:
    """A sentence for each reason of a ``GateClosed``, as told in its facts."""
    return [_gate_reason(dict(reason), language) for reason in reasons]


def _gate_reason(reason: dict[str, Any], language: Language) -> str:
    reason.pop("line", None)
    code = reason.pop("code")
    if "state" in reason:
        reason["state"] = sentence(f"state-volume.{reason['state']}", language)
    return sentence(f"gate.{code}", language, **reason)


def _not_possible(facts: dict[str, Any], language: Language) -> str:
    subject, step, state = facts["subject"], facts["step"], facts["state"]
    special = f"not-possible.{subject}.{step}"
    key = special if special in sentences("zh") else "error.NotPossibleNow"
    return sentence(
        key,
        language,
        subject=sentence(f"subject.{subject}", language),
        state=sentence(f"state-{subject}.{state}", language),
    )
