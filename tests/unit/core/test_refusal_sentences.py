"""A refusal is told in words, never in codes."""

import pytest

from archive.access import NotPermitted, SamePerson
from archive.custody.book import BookState, NotOfThisBook
from archive.custody.gate import LINE, Reason, ReasonCode
from archive.custody.verification import CheckListSaysNo
from archive.messages import LANGUAGES, Language
from archive.messages.refusal import gate_reasons, refusal
from archive.people.person import OfficesClash
from archive.workflow import NotPossibleNow


def test_sealing_before_signing_names_the_clause_and_what_to_do():
    told = refusal(NotPossibleNow(subject="volume", step="seal", state="draft", thing="x"), "zh")
    assert "草稿" in told
    assert "第4条" in told
    assert "请先由收费员签字" in told


def test_a_step_without_a_sentence_of_its_own_is_told_in_general():
    told = refusal(
        NotPossibleNow(subject="book", step="fly", state=str(BookState.IN_USE), thing="x"), "zh"
    )
    assert "票据本" in told
    assert "在用" in told


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotPermitted(permission="volume:verify", person="wang"), ["核验并签字认可"]),
        (SamePerson(step="volume:seal", other="volume_binder", person="wang"), ["盖", "装订"]),
        (OfficesClash(role="custodian", other="collector"), ["票据保管员", "收费员"]),
        (CheckListSaysNo(item="seal-present"), ["公章"]),
        (NotOfThisBook(field="number", number="04210051"), ["04210051"]),
    ],
)
def test_codes_are_put_in_words(error: Exception, words: list[str]):
    told = refusal(error, "zh")  # type: ignore[arg-type]
    assert all(word in told for word in words)
    assert "wang" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_the_gate_has_its_sentence(language: Language):
    facts = {
        "book": "04210051–04210060", "volume": "QS-202610-01", "month": "2026-10",
        "count": 3, "state": "submitted", "remaining": 1, "wanted": 2,
    }  # fmt: skip
    told = gate_reasons(
        [
            {"line": reason.line, "code": str(reason.code), **reason.facts}
            for reason in (Reason(code, facts) for code in ReasonCode)
        ],
        language,
    )
    assert len(set(told)) == len(LINE)
    assert not any("submitted" in sentence or "{" in sentence for sentence in told)
