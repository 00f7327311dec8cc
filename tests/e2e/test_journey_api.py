"""The main job over /api/v1: the real program, a real worker, a scan that is really read.

It begins with an empty installation and ends with a new book in the custodian's hands; every
step that must be refused is tried on the way.
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from archive.custody.verification import CheckItem
from tests.e2e.api import Caller, refusal
from tests.e2e.installation import eventually
from tests.e2e.paper import Paper
from tests.e2e.people import PASSWORD, Company, Steps, company
from tests.e2e.servers import Program, descendants

pytestmark = pytest.mark.slow
ALL_IN_ORDER = {str(item): {"answer": "yes"} for item in CheckItem}


class Journey:
    """The steps of the journey in order, each with what must be refused on the way."""

    def __init__(self, program: Program, them: Company, paper: Paper) -> None:
        self.program = program
        self.them = them
        self.paper = paper
        self.steps = Steps(them, paper)
        self.first, self.second = 0, 0
        self.volume: Any = {}
        self.scan = 0
        self.verification = 0

    # ------------------------------------------------------------ 1 plan, gate, books

    def plan_is_approved_by_somebody_else(self) -> None:
        them = self.them
        assert self.gate()["open"] is False
        self.refused_at_the_gate("no-plan", "nothing-cleared")
        plan = self.propose()
        them.custodian.refused(f"/plans/{plan['id']}/approve", 403, "NotPermitted")
        self.refused_at_the_gate("plan-not-approved", "nothing-cleared")
        them.finance.post(f"/plans/{plan['id']}/return", opinion="请写明依据。")
        them.finance.refused(f"/plans/{plan['id']}/approve", 409, "NotPossibleNow")
        them.custodian.post(f"/plans/{plan['id']}/propose-again", books=4, basis="268 户")
        approved = them.finance.post(f"/plans/{plan['id']}/approve", opinion="同意。")
        assert approved["state"] == "approved"
        self.refused_at_the_gate("nothing-cleared")

    def books_are_issued_and_received(self) -> None:
        them, station = self.them, self.them.station
        exception = {"kind": "first-issue", "reason": "新建票据台账，首次领用。"}
        path = f"/stations/{station}/exceptions"
        them.leader.refused(path, 403, "WrongPassword", password="not-mine", **exception)
        them.head.refused(path, 403, "NotPermitted", password=PASSWORD, **exception)
        them.leader.post(path, password=PASSWORD, **exception)
        them.collector.refused("/requests", 403, "NotPermitted", **self.wish(1))
        them.custodian.refused("/requests", 422, "WrongNumberOfBooks", **self.wish(0))
        request = them.custodian.post("/requests", **self.wish(2))
        self.refused_at_the_gate("nothing-cleared")
        issue = f"/requests/{request['id']}/issue"
        runs = [self.steps.run(2)]
        them.custodian.refused(issue, 403, "NotPermitted", runs=runs)
        for spoilt, error in {
            "1.2E+7": "SpoiledBySpreadsheet",
            "4210060": "WidthsDiffer",
            "04210050": "RunEndsBeforeItBegins",
            "04210069": "NotWholeBooks",
            "04210060": "WrongNumberOfBooks",
        }.items():
            them.finance.refused(issue, 422, error, runs=[runs[0] | {"last": spoilt}])
        wide = {name: text.translate({48 + n: 0xFF10 + n for n in range(10)}) for name, text
                in runs[0].items()}  # fmt: skip
        first, second = them.finance.post(issue, runs=[wide])
        assert [first["first"], second["last"]] == [runs[0]["first"], runs[0]["last"]]
        them.finance.refused(issue, 409, "NotPossibleNow", runs=runs)
        receive = f"/books/{first['id']}/receive"
        them.finance.refused(receive, 403, "NotPermitted")
        them.collector.refused(receive, 403, "NotPermitted")
        assert them.custodian.post(receive)["holder_id"] == them.custodian.id
        them.custodian.refused(receive, 409, "NotPossibleNow")
        them.custodian.post(f"/books/{second['id']}/receive")
        self.first, self.second = first["id"], second["id"]

    def a_book_has_one_holder(self) -> None:
        them = self.them
        offer = f"/books/{self.first}/offer"
        them.collector.refused(offer, 403, "NotTheHolder", receiver_id=them.other_collector.id)
        them.custodian.refused(offer, 403, "NotPermitted", receiver_id=them.clerk.id)
        handover = them.custodian.post(offer, receiver_id=them.collector.id)
        them.custodian.refused(offer, 409, "HandoverOpen", receiver_id=them.other_collector.id)
        confirm = f"/handovers/{handover['id']}/confirm"
        them.custodian.refused(confirm, 403, "NotTheReceiver")
        them.other_collector.refused(confirm, 403, "NotTheReceiver")
        assert them.collector.post(confirm)["holder_id"] == them.collector.id
        them.custodian.refused(offer, 403, "NotTheHolder", receiver_id=them.other_collector.id)

    # ------------------------------------------------------------ 2 use

    def use_is_recorded_with_voids(self) -> None:
        them, paper, path = self.them, self.paper, f"/books/{self.first}"
        used = {"used_on": str(self.steps.day), "kwh": str(paper.kwh), "amount_fen": 0}
        last = paper.numbers[-1]
        them.other_collector.refused(f"{path}/uses", 403, "NotTheHolder", last=last, **used)
        them.collector.refused(f"{path}/uses", 422, "NotOfThisBook", last="04219999", **used)
        them.collector.refused(
            f"{path}/uses", 422, "UsedInTheFuture", last=last, **used | {"used_on": "2999-01-01"}
        )
        them.collector.post(f"{path}/uses", last=paper.numbers[4], **used)
        void = {"number": paper.voids[0], "reason": "写错户名", "voided_on": str(self.steps.day)}
        them.collector.refused(f"{path}/voids", 422, "CopiesMissing", copies_kept=2, **void)
        them.collector.post(f"{path}/voids", copies_kept=3, **void)
        them.collector.refused(f"{path}/uses", 422, "OutOfOrder", last=paper.numbers[2], **used)
        rest = used | {"kwh": "0", "amount_fen": paper.amount_fen}
        them.collector.post(f"{path}/uses", last=last, **rest)
        book = them.collector.get(path)
        assert (book["state"], book["used_through"]) == ("used-up", last)

    # ------------------------------------------------------------ 3 binding

    def a_volume_is_bound_signed_and_sealed_in_that_order(self) -> None:
        them, paper, month = self.them, self.paper, self.steps.month
        whole = {"book_id": self.first, "first": paper.numbers[0], "last": paper.numbers[-1]}
        bind = {"station_id": them.station, "collector_id": them.collector.id}
        them.collector.refused("/volumes", 403, "NotPermitted", month=month, **bind)
        them.custodian.refused(
            "/volumes", 422, "MonthsMixed", month="2025-01", runs=[whole], **bind
        )
        them.custodian.refused("/volumes", 422, "NotAMonth", month="2025-13", **bind)
        volume = them.custodian.post("/volumes", month=month, runs=[whole], **bind)
        cover = {name: volume[name] for name in ("sets", "void_numbers", "kwh", "amount_fen")}
        assert cover | {"kwh": Decimal(cover["kwh"])} == {
            "sets": len(paper.numbers),
            "void_numbers": paper.voids,
            "kwh": paper.kwh,
            "amount_fen": paper.amount_fen,
        }
        assert volume["collected_from"] == volume["collected_to"] == str(self.steps.day)
        them.custodian.refused(
            "/volumes", 409, "NumberInTwoVolumes", month=month, runs=[whole], **bind
        )
        path = f"/volumes/{volume['id']}"
        them.head.refused(f"{path}/seal", 409, "NotPossibleNow")
        them.other_collector.refused(f"{path}/sign", 403, "NotTheCollector", password=PASSWORD)
        them.collector.refused(f"{path}/sign", 403, "WrongPassword", password="not-mine")
        them.collector.post(f"{path}/sign", password=PASSWORD)
        them.custodian.refused_to_put(f"{path}/cover", 409, "SignedAlready", **cover)
        them.custodian.refused(f"{path}/seal", 403, "NotPermitted")
        them.custodian.refused(f"{path}/submit", 409, "NotPossibleNow")
        assert them.head.post(f"{path}/seal")["state"] == "sealed"
        them.custodian.refused(f"{path}/submit", 409, "ScanMissing")
        self.volume = volume

    # ------------------------------------------------------------ 4, 5 scan and reading

    def the_scan_is_stored_as_it_came_and_read(self) -> None:
        them, scan = self.them, self.paper.scan
        refusal(them.collector.send_scan(self.volume["id"], scan), 403, "NotPermitted")
        refusal(them.custodian.send_scan(self.volume["id"], b"GIF89a"), 422, "NotAScan")
        came = them.custodian.send_scan(self.volume["id"], scan, "../QS 十月\n扫描.pdf")
        assert came.status_code == 201, came.text
        self.scan = came.json()["id"]
        again = refusal(them.custodian.send_scan(self.volume["id"], scan), 409, "AlreadyReceived")
        assert again["facts"]["scan"] == self.scan
        told = self.program.wait_until(self.read_through)
        (file,) = told["files"]
        content = scan.read_bytes()
        assert (told["pages"], told["pages_read"]) == (self.paper.pages, self.paper.pages)
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["sm3"] == hashlib.new("sm3", content).hexdigest()
        assert (file["name"], file["size"]) == ("QS 十月扫描.pdf", len(content))

    def read_through(self) -> Any:
        told = self.them.custodian.get(f"/scans/{self.scan}")
        assert told["state"] != "failed", told
        return told if told["state"] == "read" else None

    def no_number_is_wrong_and_what_is_doubted_is_said(self) -> None:
        lying = self.dossier()
        for stub in lying["stubs"]:
            truth = self.paper.truth_near(stub["page"], stub["box"])
            assert stub["number"] in {truth.number, None}, (stub, truth)
        found = {(finding["code"], finding["facts"].get("number")) for finding in lying["findings"]}
        for stub in self.doubted():
            truth = self.paper.truth_near(stub["page"], stub["box"])
            if stub["number"] is not None:
                said = {code for code, number in found if number == truth.number}
                assert said & {"void-doubted", "void-not-marked", "void-not-registered"}
        blotted = next(truth.number for truth in self.paper.truths if not truth.readable)
        statuses = {cell["number"]: cell["status"] for cell in lying["numbers"]}
        assert list(statuses) == self.paper.numbers
        assert statuses[blotted] == "missing"
        assert {"missing", "unreadable"} <= {finding["code"] for finding in lying["findings"]}

    # ------------------------------------------------------------ 6 what is doubted

    def a_person_settles_what_the_machine_doubts(self) -> None:
        them, path = self.them, f"/scans/{self.scan}/settlements"
        doubted = self.doubted()
        stub = doubted[0]["id"]
        word = {"stub_id": stub, "verdict": "number"}
        them.collector.refused(path, 403, "NotPermitted", number="04210058", **word)
        for typed, error in {
            "": "NotAnInvoiceNumber",
            "4.2E+6": "SpoiledBySpreadsheet",
            "0421OO58": "NotAnInvoiceNumber",
        }.items():
            them.custodian.refused(path, 422, error, number=typed, **word)
        for stub in doubted:
            truth = self.paper.truth_near(stub["page"], stub["box"])
            if stub["number"] is None:
                them.custodian.post(path, stub_id=stub["id"], verdict="number",
                                    number=truth.number, note="对照纸质存根")  # fmt: skip
            if stub["void"] != truth.void:
                verdict = "void" if truth.void else "not-void"
                them.custodian.post(path, stub_id=stub["id"], verdict=verdict)
        lying = self.dossier()
        assert lying["blocking"] == 0, lying["findings"]
        settled = {stub["id"]: stub["settled_by"] for stub in lying["stubs"] if stub["settled_by"]}
        assert settled == dict.fromkeys((stub["id"] for stub in doubted), "B001")

    # ------------------------------------------------------------ 7 finance

    def finance_returns_and_then_signs_what_it_saw(self) -> None:
        them = self.them
        them.collector.refused(f"/volumes/{self.volume['id']}/submit", 403, "NotPermitted")
        submitted = them.custodian.post(f"/volumes/{self.volume['id']}/submit")
        assert them.custodian.get(f"/books/{self.first}")["state"] == "stub-handed-in"
        self.refused_at_the_gate("nothing-cleared", "volume-not-accepted")
        path = f"/verifications/{submitted['id']}"
        them.finance.refused(f"{path}/return", 422, "ReturnNeedsReasons", reasons=[" "])
        them.finance.post(f"{path}/return", reasons=["银行进账单未附。"])
        self.refused_at_the_gate("nothing-cleared", "volume-returned")
        again = them.custodian.post(f"/volumes/{self.volume['id']}/submit")
        path = f"/verifications/{again['id']}"
        sign = f"{path}/sign"
        signature = {
            "check_list": ALL_IN_ORDER,
            "seen": self.dossier()["digest"],
            "password": PASSWORD,
        }
        them.custodian.refused(sign, 403, "NotPermitted", **signature)
        same = them.head.refused(sign, 403, "SamePerson", **signature)
        assert same["facts"]["other"] == "volume_sealer"
        them.finance.refused(sign, 403, "WrongPassword", **signature | {"password": "not-mine"})
        them.finance.refused(sign, 409, "SeenHasChanged", **signature | {"seen": "0" * 64})
        them.finance.refused(sign, 422, "CheckListIncomplete", **signature | {"check_list": {}})
        no = ALL_IN_ORDER | {"bank-agrees": {"answer": "no", "remark": "少 3 元"}}
        them.finance.refused(sign, 409, "CheckListSaysNo", **signature | {"check_list": no})
        signed = them.finance.post(sign, opinion="票号齐全，金额一致。", **signature)
        assert signed["state"] == "signed"
        assert signed["digest"]
        assert them.custodian.get(f"/books/{self.first}")["state"] == "accepted"
        self.verification = again["id"]

    def a_later_change_voids_the_signature(self) -> None:
        them = self.them
        assert self.gate()["open"] is True
        stub = next(stub for stub in self.dossier()["stubs"] if stub["settled_by"])
        them.custodian.post(f"/scans/{self.scan}/settlements", stub_id=stub["id"],
                            verdict="number", number=stub["number"], note="再看一遍")  # fmt: skip
        assert self.gate()["open"] is False
        self.refused_at_the_gate("nothing-cleared", "volume-not-accepted")
        (voided,) = them.finance.get("/verifications", state="voided")
        assert voided["id"] == self.verification
        (open_again,) = them.finance.get("/verifications", state="open")
        them.other_finance.post(
            f"/verifications/{open_again['id']}/sign", check_list=ALL_IN_ORDER,
            seen=self.dossier()["digest"], password=PASSWORD,
        )  # fmt: skip

    # ------------------------------------------------------------ 8 the gate

    def of_two_requests_on_one_clearance_one_wins(self) -> int:
        path, answers = "/requests", []

        def ask(caller: Caller) -> None:
            answers.append(caller.http.post(path, json=self.wish(1)))

        racers = [Caller(self.program, "B001", PASSWORD) for _ in range(6)]
        for racer in racers:
            racer.sign_in()
        threads = [threading.Thread(target=ask, args=(racer,)) for racer in racers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for racer in racers:
            racer.close()
        won = [answer.json() for answer in answers if answer.status_code == 201]
        lost = {(answer.status_code, answer.json().get("error")) for answer in answers} - {
            (201, None)
        }
        assert len(won) == 1
        assert lost <= {(409, "GateClosed"), (409, "ClearanceTaken")}
        return int(won[0]["id"])

    def the_new_book_comes_into_the_custodians_hands(self, request: int) -> None:
        them = self.them
        issue = f"/requests/{request}/issue"
        used = [self.steps.run(1)]
        them.finance.refused(issue, 409, "NumbersAlreadyIssued", runs=used)
        (book,) = them.finance.post(issue, runs=[self.steps.run(1, after=2)])
        received = them.custodian.post(f"/books/{book['id']}/receive")
        assert received["holder_id"] == them.custodian.id
        assert received["first"] == self.steps.run(1, after=2)["first"]
        assert received["id"] not in {self.first, self.second}

    # ------------------------------------------------------------ 10 the trail

    def everything_stands_on_the_trail(self) -> None:
        them = self.them
        for caller in (them.custodian, them.finance, them.administrator):
            caller.refused_to_read("/trail", 403, "NotPermitted")
        entries = them.auditor.get("/trail", limit=1000)
        events = {entry["event"] for entry in entries}
        assert events >= {
            "plan.proposed", "plan.approved", "gate.excepted", "books.granted", "book.issued",
            "book.received", "book.offered", "book.handed-over", "book.used", "number.voided",
            "volume.bound", "volume.signed", "volume.sealed", "scan.received", "scan.read",
            "stub.settled", "volume.submitted", "verification.returned", "verification.signed",
            "verification.voided", "attempt.refused", "sign-in.succeeded", "password.changed",
        }  # fmt: skip
        refused = {
            entry["facts"]["rule"] for entry in entries if entry["event"] == "attempt.refused"
        }
        assert refused >= {
            "NotPermitted", "NotTheHolder", "NotTheReceiver", "SamePerson", "GateClosed",
            "WrongPassword", "SeenHasChanged", "NumberInTwoVolumes", "AlreadyReceived",
        }  # fmt: skip
        them.auditor.post("/trail/verify")
        eventually(lambda: them.auditor.get("/trail/verify")["unbroken"] is not None)
        told = them.auditor.get("/trail/verify")
        assert told["unbroken"] is True
        assert told["entries"] >= len(entries)
        names = {name for _, name, _ in _people()}
        assert not any(name in json.dumps(entry, ensure_ascii=False) for entry in entries
                       for name in names)  # fmt: skip

    # ------------------------------------------------------------

    def propose(self) -> Any:
        from archive.clock import Clock
        from archive.custody.plan import quarter_of

        year, quarter = quarter_of(Clock().today())
        return self.them.custodian.post(
            "/plans", station_id=self.them.station, kind_id=self.them.kind, year=year,
            quarter=quarter, books=4,
        )  # fmt: skip

    def wish(self, books: int) -> dict[str, int]:
        return {"station_id": self.them.station, "kind_id": self.them.kind, "books": books}

    def gate(self) -> Any:
        path = f"/stations/{self.them.station}/gate"
        return self.them.custodian.get(path, kind_id=self.them.kind)

    def refused_at_the_gate(self, *reasons: str) -> None:
        """The gate says beforehand, and the refusal again, every reason in a sentence."""
        told = self.them.custodian.refused("/requests", 409, "GateClosed", **self.wish(1))
        said = {reason["code"] for reason in told["facts"]["reasons"]}
        assert set(reasons) == said, told
        foreseen = self.gate()
        assert {reason["code"] for reason in foreseen["reasons"]} == said
        assert all(reason["message"] for reason in foreseen["reasons"])

    def doubted(self) -> list[Any]:
        """Stubs that a person has to look at: unread, or not marked as the paper is."""
        return [
            stub
            for stub in self.dossier()["stubs"]
            if stub["number"] is None
            or stub["void"] != self.paper.truth_near(stub["page"], stub["box"]).void
        ]

    def dossier(self) -> Any:
        return self.them.finance.get(f"/volumes/{self.volume['id']}/dossier")


def _people() -> list[tuple[str, str, list[str]]]:
    from tests.e2e.people import PEOPLE

    return list(PEOPLE.values())


@pytest.fixture
def journey(program: Program, paper: Paper) -> Iterator[Journey]:
    program.start("serve")
    with company(program) as them:
        yield Journey(program, them, paper)


def test_from_an_empty_installation_to_a_new_book_in_the_custodians_hands(journey, program):
    strangers = Caller(program)
    strangers.refused_to_read("/books", 401, "NotSignedIn")
    refusal(strangers.send_scan(1, b"%PDF-1.4"), 401, "NotSignedIn")
    strangers.close()

    journey.plan_is_approved_by_somebody_else()
    journey.books_are_issued_and_received()
    journey.a_book_has_one_holder()
    journey.use_is_recorded_with_voids()
    journey.a_volume_is_bound_signed_and_sealed_in_that_order()
    journey.the_scan_is_stored_as_it_came_and_read()
    journey.no_number_is_wrong_and_what_is_doubted_is_said()
    journey.a_person_settles_what_the_machine_doubts()
    journey.finance_returns_and_then_signs_what_it_saw()
    journey.a_later_change_voids_the_signature()
    request = journey.of_two_requests_on_one_clearance_one_wins()
    journey.the_new_book_comes_into_the_custodians_hands(request)
    journey.everything_stands_on_the_trail()

    family = descendants(program.process("serve"))
    assert program.stop("serve") == 0
    assert family
    assert not any(process.is_running() for process in family)
    verified = program.run("trail", "verify", "--json")
    assert verified.returncode == 0, verified.stderr
    assert json.loads(verified.stdout)["unbroken"] is True
    seq = tampered_with(program)
    verified = program.run("trail", "verify")
    assert verified.returncode == 1
    assert str(seq) in verified.stdout
    assert "改动" in verified.stdout
    assert "Traceback" not in program.log, program.log


def tampered_with(program: Program) -> int:
    """The number of the entry somebody who can write to the database has changed."""
    with closing(sqlite3.connect(program.data / "archive.sqlite3")) as database, database:
        with pytest.raises(sqlite3.DatabaseError):
            database.execute(
                "UPDATE trail_entry SET actor = 'nobody' WHERE event = 'books.granted'"
            )
        triggers = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trail_entry'"
        ).fetchall()
        assert triggers
        for (name,) in triggers:
            database.execute(f"DROP TRIGGER {name}")
        (seq,) = database.execute(
            "SELECT min(seq) FROM trail_entry WHERE event = 'books.granted'"
        ).fetchone()
        database.execute("UPDATE trail_entry SET actor = 'nobody' WHERE seq = ?", [seq])
    return int(seq)
