"""The trail is appended to and proved, never changed; every refusal stands on it."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError

from archive import audit
from archive.access import SYSTEM, NotPermitted
from archive.audit import GENESIS, TrailCheck, TrailEntry, TrailHead
from archive.custody.actions import books, volumes
from archive.custody.book import Book
from archive.errors import Conflict, Refused
from archive.people import actions as people
from archive.people.person import StationCodeTaken
from archive.system import System
from archive.transaction import Transaction
from archive.workflow import NotPossibleNow
from tests.builders import INSTALLER, PASSWORD, Station


def happen(system: System, times: int, event: str = "test.happened") -> None:
    with system.transaction(SYSTEM) as tx:
        for at in range(times):
            tx.record(event, f"thing:{at}", at=at)


def verified(system: System) -> TrailCheck:
    with system.transaction(SYSTEM, writes=False) as tx:
        return audit.verify(tx.session)


def entries(system: System) -> list[TrailEntry]:
    with system.transaction(SYSTEM, writes=False) as tx:
        return list(audit.entries(tx.session, batch=3))


def tamper(system: System, *statements: str) -> None:
    """Change the trail as somebody with the keys of the database could."""
    with system.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE trail_entry DISABLE TRIGGER USER")
        else:
            for rule in ("update", "delete", "replace"):
                connection.exec_driver_sql(f"DROP TRIGGER sealed_{rule}_trail_entry")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_an_empty_trail_is_unbroken(system: System):
    assert verified(system) == TrailCheck(0, GENESIS)


def test_entries_are_chained_from_the_first_on(system: System):
    happen(system, 2)
    happen(system, 5)
    kept = entries(system)
    assert [entry.seq for entry in kept] == list(range(1, 8))
    assert [entry.previous for entry in kept] == [GENESIS, *[e.digest for e in kept[:-1]]]
    assert all(entry.digest == audit.seal(entry) for entry in kept)
    assert verified(system) == TrailCheck(7, kept[-1].digest)
    assert kept[3].told == {"at": 1}
    assert kept[3].happened_at == system.clock.now()


def test_the_database_refuses_to_change_or_delete_an_entry(system: System):
    happen(system, 3)
    for statement in (
        "UPDATE trail_entry SET actor = 'li' WHERE seq = 2",
        "DELETE FROM trail_entry WHERE seq = 2",
        "DELETE FROM trail_entry",
    ):
        with pytest.raises(DatabaseError, match="sealed_trail_entry"), system.engine.begin() as c:
            c.exec_driver_sql(statement)
    assert verified(system).entries == 3


def test_the_database_refuses_to_put_an_entry_over_another(system: System):
    happen(system, 3)
    columns = "seq, at, actor, event, subject, facts, previous, digest"
    again = f"trail_entry ({columns}) SELECT 2, at, 'li', event, subject, facts, previous, digest"
    sqlite = system.engine.dialect.name == "sqlite"
    verb = "INSERT OR REPLACE INTO" if sqlite else "INSERT INTO"
    with pytest.raises(DatabaseError), system.engine.begin() as connection:
        connection.exec_driver_sql(f"{verb} {again} FROM trail_entry WHERE seq = 2")
    if not sqlite:
        with pytest.raises(DatabaseError, match="sealed_trail_entry"), system.engine.begin() as c:
            c.exec_driver_sql("TRUNCATE trail_entry")
    assert verified(system).unbroken


ZEROS = "0" * 64


TAMPERED = [
    (["UPDATE trail_entry SET facts = '{\"at\":9}' WHERE seq = 4"], 4, "content-differs"),
    (["UPDATE trail_entry SET actor = 'li' WHERE seq = 1"], 1, "content-differs"),
    (["UPDATE trail_entry SET at = '2020-01-01' WHERE seq = 7"], 7, "content-differs"),
    ([f"UPDATE trail_entry SET digest = '{ZEROS}' WHERE seq = 4"], 4, "content-differs"),
    ([f"UPDATE trail_entry SET previous = '{ZEROS}' WHERE seq = 4"], 4, "link-differs"),
    (["DELETE FROM trail_entry WHERE seq = 4"], 4, "entry-missing"),
    (["DELETE FROM trail_entry WHERE seq = 1"], 1, "entry-missing"),
    (["DELETE FROM trail_entry WHERE seq >= 6"], 6, "entry-missing"),
    (["DELETE FROM trail_entry WHERE seq = 7"], 7, "entry-missing"),
    (["DELETE FROM trail_entry"], 1, "entry-missing"),
    (
        [
            "DELETE FROM trail_entry WHERE seq = 4",
            "UPDATE trail_entry SET seq = seq - 1 WHERE seq = 5",
        ],
        4,
        "link-differs",
    ),
    ([f"UPDATE trail_head SET digest = '{ZEROS}'"], 7, "head-differs"),
    (["UPDATE trail_head SET seq = 9"], 8, "entry-missing"),
    (
        [
            "UPDATE trail_head SET seq = 6",
            "UPDATE trail_head SET digest = (SELECT digest FROM trail_entry WHERE seq = 6)",
        ],
        7,
        "beyond-head",
    ),
    (["DELETE FROM trail_head"], 1, "head-missing"),
]
"""What was done to a trail of seven entries; where and why it is then broken."""


class Undo(Exception):
    """Ends a transaction so that nothing of it is kept."""


def test_verifying_names_the_first_entry_that_does_not_fit(system: System):
    happen(system, 7)
    tamper(system)
    for statements, broken_at, reason in TAMPERED:
        with suppress(Undo), system.transaction(SYSTEM) as tx:
            for statement in statements:
                tx.session.connection().exec_driver_sql(statement)
            check = audit.verify(tx.session)
            assert (check.broken_at, check.reason) == (broken_at, reason), statements
            assert not check.unbroken
            assert check.entries == (broken_at - 1 if reason != "head-differs" else 7)
            raise Undo
    assert verified(system).unbroken


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_changed_in_whichever_entry_is_found_there(system: System, data: st.DataObject):
    if not entries(system):
        happen(system, 12)
        tamper(system)
    kept = entries(system)
    victim = data.draw(st.sampled_from(kept))
    field = data.draw(st.sampled_from(["at", "actor", "event", "subject", "facts", "digest"]))
    forged = data.draw(st.text(st.sampled_from("abc0-:{}"), min_size=1, max_size=8))
    if forged == getattr(victim, field):
        return

    def put(value: str) -> None:
        with system.engine.begin() as connection:
            statement = TrailEntry.__table__.update().where(TrailEntry.seq == victim.seq)
            connection.execute(statement.values({field: value}))

    put(forged)
    assert verified(system).broken_at == victim.seq
    put(getattr(victim, field))
    assert verified(system).unbroken


def test_sixteen_appending_at_once_never_fork_the_chain(system: System):
    start = threading.Barrier(16)

    def append(_worker: int) -> None:
        start.wait()
        for _ in range(8):
            happen(system, 2)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(append, range(16)))
    check = verified(system)
    assert check.unbroken
    assert check.entries == 16 * 8 * 2
    previous = [entry.previous for entry in entries(system)]
    assert len(set(previous)) == len(previous)


def test_verifying_while_others_append_never_cries_wolf(system: System):
    happen(system, 300)
    stop = threading.Event()

    def append() -> None:
        while not stop.is_set():
            happen(system, 1)

    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            pool.submit(append)
        try:
            checks = [verified(system) for _ in range(15)]
        finally:
            stop.set()
    assert all(check.unbroken for check in checks)
    assert checks[-1].entries > checks[0].entries


def test_verifying_leaves_alone_what_the_transaction_holds(station: Station):
    with station.system.transaction(INSTALLER) as tx:
        added = people.add_station(tx, "BH", "白河供电所")
        assert audit.verify(tx.session).unbroken
        added.name = "白河中心供电所"
    assert station.asks(lambda tx: tx.session.get(type(added), added.id).name) == "白河中心供电所"


# ------------------------------------------------------------------ one transaction, one trail


def last_entry(system: System) -> TrailEntry:
    return entries(system)[-1]


def test_a_change_and_its_entry_are_kept_together_or_not_at_all(system: System):
    class Stumbled(Exception):
        pass

    def stumble() -> None:
        with system.transaction(INSTALLER) as tx:
            people.add_station(tx, "QS", "青石供电所")
            raise Stumbled

    with pytest.raises(Stumbled):
        stumble()
    assert entries(system) == []
    with system.transaction(INSTALLER) as tx:
        people.add_station(tx, "QS", "青石供电所")
    (entry,) = entries(system)
    assert (entry.event, entry.subject, entry.actor) == (
        "station.added",
        "station:QS",
        "installer",
    )


def test_a_refusal_stands_on_the_trail_and_the_refused_work_does_not(station: Station):
    volume = station.bound_volume()
    with pytest.raises(NotPossibleNow):
        station.head.does(volumes.seal_volume, volume.id)
    entry = last_entry(station.system)
    assert (entry.event, entry.actor, entry.subject) == (
        "attempt.refused",
        "li-head",
        "volume:QS-202610-01",
    )
    assert entry.told["rule"] == "NotPossibleNow"
    assert entry.told["step"] == "seal"
    with pytest.raises(NotPermitted):
        station.collector.does(volumes.seal_volume, volume.id)
    entry = last_entry(station.system)
    assert (entry.actor, entry.told["kind"], entry.told["permission"]) == (
        "zhang-collector",
        "refused",
        "volume:seal",
    )


def test_what_a_verb_did_before_it_was_refused_is_undone(station: Station):
    book = station.book_in_use()

    def use_and_stumble(tx: Transaction) -> None:
        use = {"used_on": tx.today, "kwh": Decimal(1), "amount_fen": 1}
        books.record_use(tx, book.id, last=book.first, **use)
        books.receive_book(tx, book.id)

    with pytest.raises(Refused):
        station.collector.does(use_and_stumble)
    assert station.sees(Book, book.id).used_through is None
    told = [entry.event for entry in entries(station.system)]
    assert "book.used" not in told
    assert told[-1] == "attempt.refused"


def test_wrong_input_is_no_attempt_and_a_broken_rule_of_the_database_is(station: Station):
    before = len(entries(station.system))
    with pytest.raises(StationCodeTaken):
        station.administrator.does(people.add_station, "QS", "另一个所")
    assert len(entries(station.system)) == before
    offer = station.offered_book()
    before = len(entries(station.system))
    with pytest.raises(Conflict):
        station.custodian.does(books.offer_book, offer.book_id, station.other_collector.id)
    assert len(entries(station.system)) == before + 1


def test_no_password_name_or_token_ever_stands_on_the_trail(station: Station):
    station.collector.signs_in()
    station.collector.signs_in("guessed-it")
    station.accepted_volume()
    told = json.dumps(
        [[e.actor, e.event, e.subject, e.facts] for e in entries(station.system)],
        ensure_ascii=False,
    )
    for secret in (PASSWORD, "guessed-it", "argon2", "张大勇", "王秀兰"):
        assert secret not in told


def test_the_head_is_one_row(system: System):
    with pytest.raises(DatabaseError), system.engine.begin() as connection:
        connection.execute(TrailHead.__table__.insert().values(id=1, seq=0, digest=GENESIS))
