"""审计: the trail is read, proved and taken out by the auditor, and by nobody else."""

import hashlib
import json
from datetime import datetime

import pytest

from archive.audit import TrailEntry, TrailHead
from archive.clock import STATION_ZONE
from archive.jobs import keep_promise
from archive.outbox import Promise
from tests.builders import Station
from tests.clock import SettableClock
from tests.integration.web.visiting import Seen, Visitor, Visits


def tamper(station: Station, statement: str) -> None:
    """What somebody at the database's own prompt could do after dropping its rules."""
    with station.system.engine.begin() as connection:
        for rule in ("sealed_update_trail_entry", "sealed_delete_trail_entry"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {rule}")
        connection.exec_driver_sql(statement)


def numbers(rows: list[str]) -> list[int]:
    return [int(row.split()[0]) for row in rows]


def head(station: Station) -> tuple[int, str]:
    return station.asks(lambda tx: tx.session.query(TrailHead.seq, TrailHead.digest).one())


def kept_promises(station: Station) -> int:
    """Let the worker keep what is owed; how many promises that was."""
    owed = station.asks(lambda tx: [promise.id for promise in tx.session.query(Promise)])
    return sum(keep_promise(station.system, promise, "worker") for promise in owed)


def proved(station: Station, auditor: Visitor) -> Seen:
    """The trail's page after somebody had it verified."""
    asked = auditor.post("/trail/verify")
    kept_promises(station)
    return auditor.goes(asked)


def test_the_auditor_reads_what_happened_newest_first(station: Station, visits: Visits):
    station.used(last="04210004", voids=["04210002"])

    page = visits(station.auditor).get("/trail")

    assert numbers(page.rows()) == sorted(numbers(page.rows()), reverse=True)
    assert page.says("登记废票", "book:012345678901:04210001", "number=04210002")
    seq, digest = head(station)
    assert page.says(f"共 {seq} 条", digest)


def test_what_was_refused_is_there_too(station: Station, visits: Visits):
    visits(station.collector).post("/invoices/requests/new", station="QS", kind="ND3", books="1")

    page = visits(station.auditor).get("/trail?event=attempt.refused")

    assert len(page.rows()) == 1
    assert page.says("尝试被拒绝", "zhang-collector", "rule=NotPermitted")


def test_the_trail_is_narrowed_by_event_subject_actor_and_day(
    station: Station, visits: Visits, clock: SettableClock
):
    station.used(last="04210004", voids=["04210002", "04210003"])
    clock.set(datetime(2026, 10, 21, 0, 30, tzinfo=STATION_ZONE))  # still the 20th in UTC
    station.custodian.signs_in()
    auditor = visits(station.auditor)

    def found(query: str) -> int:
        return len(auditor.get(f"/trail?{query}").rows())

    assert found("event=number.voided") == 2
    assert found("subject=book:012345678901:04210001&event=number.voided") == 2
    assert found("subject=book:&event=book.used") == 1
    assert found("subject=book:9") == 0
    assert found("actor=zhang-collector&event=book.used") == 1
    assert found("actor=wang-custodian&event=book.used") == 0
    assert found("from=2026-10-21&event=sign-in.succeeded&subject=person:wang-custodian") == 1
    assert found("to=2026-10-20&event=sign-in.succeeded&subject=person:wang-custodian") == 0
    assert found("from=2026-10-19&to=2026-10-19&event=number.voided") == 2
    assert auditor.get("/trail?subject=nothing").says("没有符合条件的流水")


def test_a_day_that_is_none_is_told_beside_the_field(station: Station, visits: Visits):
    page = visits(station.auditor).get("/trail?from=2026-02-30")

    assert page.status == 422
    assert "不是日期" in page.beside("from")
    assert page.holds("from") == "2026-02-30"


def test_the_trail_is_leafed_through(station: Station, visits: Visits):
    for _ in range(60):
        station.custodian.signs_in()
    auditor = visits(station.auditor)

    first = auditor.get("/trail?event=sign-in.succeeded&subject=person:wang-custodian")
    second = auditor.get(first.link("下一页 ›") or "no next page")

    assert (len(first.rows()), len(second.rows())) == (50, 10)
    assert min(numbers(first.rows())) > max(numbers(second.rows()))


def test_one_entry_shows_all_its_facts_and_digests(station: Station, visits: Visits):
    station.used(last="04210004")
    entry = station.asks(lambda tx: tx.session.query(TrailEntry).filter_by(event="book.used").one())

    page = visits(station.auditor).get(f"/trail/{entry.seq}")

    assert page.says(entry.digest, entry.previous, "amount_fen 67890", "登记使用（book.used）")
    assert page.link("zhang-collector") == "/trail?actor=zhang-collector"
    assert visits(station.auditor).get("/trail/999999").status == 404


# ------------------------------------------------------------------------ proof


def test_an_unbroken_trail_is_proved_to_its_head(station: Station, visits: Visits):
    station.used()
    auditor = visits(station.auditor)
    seq, digest = head(station)

    page = proved(station, auditor)

    assert page.says("流水完整，没有断开", f"从第 1 条到第 {seq} 条逐条验证相符，链头 {digest}")
    noted = station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="trail.verified").one()
    )
    asked = {"asked_by": "zheng-auditor"}
    assert noted.told == {"entries": seq, "head": digest, "broken_at": None, **asked}
    assert proved(station, auditor).says("流水完整", f"第 {seq + 1} 条")


def test_a_proof_is_made_in_the_background_and_stays_for_whoever_looks_later(
    station: Station, visits: Visits, clock: SettableClock
):
    station.used()
    auditor = visits(station.auditor)
    seq, _ = head(station)
    assert auditor.get("/trail/verify").status == 404

    assert auditor.post("/trail/verify").leads_to("/trail")
    page = auditor.get("/trail")
    assert page.says("正在从头验证", "排队中", f"0 / {seq}", "zheng-auditor 于 2026年10月19日")
    assert 'hx-get="/trail/verify"' in page.response.text
    assert not page.says("流水完整")
    auditor.post("/trail/verify")  # an impatient finger begins no second one

    clock.advance(minutes=4)
    assert kept_promises(station) == 1
    part = auditor.get("/trail/verify")
    assert part.says("流水完整", "zheng-auditor", "验证完")
    assert "hx-get" not in part.response.text
    assert "<html" not in part.response.text
    clock.advance(hours=1)
    assert visits(station.auditor).get("/trail").says("流水完整，没有断开")


@pytest.mark.parametrize(
    ("statement", "broken_at", "reason"),
    [
        ("UPDATE trail_entry SET facts = '{\"books\":99}' WHERE seq = 9", 9, "内容被改动过"),
        ("UPDATE trail_entry SET actor = 'nobody' WHERE seq = 12", 12, "内容被改动过"),
        ("DELETE FROM trail_entry WHERE seq = 7", 7, "有条目被删除或顺序不连续"),
        (
            "UPDATE trail_entry SET previous = '0' WHERE seq = 5",
            5,
            "与上一条的链接不符",
        ),
    ],
)
def test_a_broken_trail_names_its_first_broken_entry(
    station: Station, visits: Visits, statement: str, broken_at: int, reason: str
):
    station.used()
    auditor = visits(station.auditor)
    tamper(station, statement)

    page = proved(station, auditor)

    assert page.says(f"流水在第 {broken_at} 条断开", reason, "马上书面报告公司")
    there = None if "不连续" in reason else f"/trail/{broken_at}"
    assert page.link("打开这一条") == there


def test_a_trail_cut_short_does_not_reach_its_head(station: Station, visits: Visits):
    station.used()
    auditor = visits(station.auditor)
    seq, _ = head(station)
    tamper(station, f"DELETE FROM trail_entry WHERE seq > {seq - 3}")

    page = proved(station, auditor)

    assert page.says(f"流水在第 {seq - 2} 条断开", "有条目被删除")


def test_a_trail_without_its_head_is_told_and_not_a_fault(station: Station, visits: Visits):
    auditor = visits(station.auditor)
    tamper(station, "DELETE FROM trail_head")

    assert auditor.get("/trail").status == 200
    assert proved(station, auditor).says("断开", "链头不见了")


# ------------------------------------------------------------------------ export


def test_the_trail_is_taken_out_and_proved_without_this_program(station: Station, visits: Visits):
    station.used(voids=["04210002"])
    seq, digest = head(station)
    auditor = visits(station.auditor)

    answer = auditor.get("/trail/export")

    assert answer.response.headers["content-type"].startswith("application/x-ndjson")
    assert "attachment" in answer.response.headers["content-disposition"]
    entries = [json.loads(line) for line in answer.response.text.splitlines()]
    previous = "0" * 64
    for number, entry in enumerate(entries, start=1):
        sealed = entry.pop("digest")
        text = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == sealed
        assert (entry["seq"], entry["previous"]) == (number, previous)
        previous = sealed
    assert len(entries) > seq  # with the sign-in of the auditor and the export itself
    assert entries[-1]["event"] == "trail.exported"
    assert entries[seq]["previous"] == digest


def test_what_is_taken_out_is_what_was_asked_for(station: Station, visits: Visits):
    station.used(voids=["04210002"])
    auditor = visits(station.auditor)
    page = auditor.get("/trail?event=number.voided")

    href = page.link("导出（每行一条 JSON）")

    assert href == "/trail/export?event=number.voided"
    lines = auditor.get(href).response.text.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["number.voided"]


def test_a_long_trail_is_taken_out_in_pieces(
    station: Station, visits: Visits, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("archive.reports.trail.BATCH", 7)
    auditor = visits(station.auditor)

    lines = auditor.get("/trail/export").response.text.splitlines()

    assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert len(lines) > 21


# ------------------------------------------------------------------------ who


def test_nobody_else_reads_the_trail(station: Station, visits: Visits):
    for who in (
        station.custodian,
        station.collector,
        station.head,
        station.finance,
        station.leader,
        station.administrator,
        station.clerk,
    ):
        visitor = visits(who)
        for path in ("/trail", "/trail/1", "/trail/export"):
            answer = visitor.get(path)
            assert answer.status == 403
            assert "sign-in.succeeded" not in answer.response.text
        assert visitor.post("/trail/verify").status == 403
    assert visits(None).get("/trail").status == 303


def test_verifying_needs_the_token_of_its_form(station: Station, visits: Visits):
    assert visits(station.auditor).post_bare("/trail/verify", {}).status == 403


def test_the_api_asks_for_a_proof_and_tells_what_was_found(station: Station, visits: Visits):
    station.used()
    auditor = visits(station.auditor)
    bearer = {"authorization": f"Bearer {auditor.token}"}
    asked = auditor._asks("POST", "/api/v1/trail/verify", headers=bearer)
    assert asked.status == 202
    assert asked.response.json()["unbroken"] is None
    kept_promises(station)
    told = auditor.get("/api/v1/trail/verify", **bearer).response.json()
    assert told["unbroken"] is True
    assert told["entries"] == told["done"] == told["total"]
    assert told["asked_by"] == "zheng-auditor"
    custodian = visits(station.custodian)
    assert custodian.get("/api/v1/trail/verify").status == 403


def test_the_trail_holds_no_names(station: Station, visits: Visits):
    station.accepted_volume()

    text = visits(station.auditor).get("/trail/export").response.text

    for person in (station.custodian, station.collector, station.finance, station.leader):
        assert person.name not in text


def test_the_trail_stands_in_english_too(station: Station, visits: Visits):
    auditor = visits(station.auditor, "en")

    assert auditor.get("/trail").says("The trail", "Verify from the first entry")
    assert auditor.get("/trail/1").says("Entry 1", "Its digest")
    assert proved(station, auditor).says("The trail is unbroken")
    tamper(station, "UPDATE trail_entry SET actor = 'nobody' WHERE seq = 3")
    assert proved(station, auditor).says("The trail is broken at entry 3")
