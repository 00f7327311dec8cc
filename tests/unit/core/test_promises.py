"""A promise is tried again with growing waits, and in the end given up visibly."""

from datetime import UTC, datetime, timedelta

import pytest

from archive.outbox import MAX_ATTEMPTS, Promise

NOW = datetime(2026, 10, 19, 1, 30, tzinfo=UTC)


def a_promise(**facts: object) -> Promise:
    return Promise(name="read_scan", made_at=NOW, due_at=NOW, **facts)  # type: ignore[arg-type]


def test_a_new_promise_is_open():
    assert a_promise().is_open(NOW)


@pytest.mark.parametrize(
    "facts",
    [
        {"kept_at": NOW},
        {"given_up_at": NOW},
        {"leased_until": NOW + timedelta(seconds=1)},
    ],
)
def test_what_is_kept_given_up_or_in_somebodys_hands_is_not_open(facts: dict[str, object]):
    assert not a_promise(**facts).is_open(NOW)


def test_what_is_not_due_is_not_open():
    assert not a_promise().is_open(NOW - timedelta(seconds=1))


def test_an_expired_lease_opens_it_again():
    assert a_promise(leased_until=NOW).is_open(NOW)


def test_the_wait_doubles_with_every_failure_and_then_it_is_given_up():
    promise, waits = a_promise(), []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        promise.attempts = attempt
        promise.failed(NOW, "no answer")
        waits.append((promise.due_at - NOW).total_seconds())
        assert (promise.given_up_at is not None) == (attempt == MAX_ATTEMPTS)
    assert waits[:-1] == [2.0**attempt for attempt in range(1, MAX_ATTEMPTS)]
    assert promise.last_error == "no answer"
    assert not promise.is_open(NOW + timedelta(days=365))


def test_a_long_reason_is_cut():
    promise = a_promise(attempts=1)
    promise.failed(NOW, "x" * 5000)
    assert len(promise.last_error) == 2000
