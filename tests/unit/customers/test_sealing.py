"""What is sealed opens under its key, in its place, and nowhere else."""

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.customers.sealed import Sealed, SealedText
from archive.customers.sealing import Keeper, SealBroken, SpecialKeyMissing, keeper_at

KEEPER = Keeper(bytes(range(32)))
HERE = "special_customer:ab12:facts"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_is_read_again(text: str):
    assert KEEPER.open(KEEPER.seal(text, HERE), HERE) == text


def test_nothing_of_the_text_is_in_what_is_kept_or_in_its_representation():
    sealed = KEEPER.seal("高凤岐 13912346677", HERE)
    assert "高" not in sealed.token
    assert "139123" not in sealed.token
    assert repr(sealed) == "SealedText()"
    assert KEEPER.seal("高凤岐", HERE) != KEEPER.seal("高凤岐", HERE)


def test_what_is_moved_to_another_row_does_not_open():
    sealed = KEEPER.seal("高凤岐", HERE)
    with pytest.raises(SealBroken):
        KEEPER.open(sealed, "special_customer:cd34:facts")


def test_another_key_opens_nothing():
    with pytest.raises(SealBroken):
        Keeper(bytes(32)).open(KEEPER.seal("高凤岐", HERE), HERE)


@pytest.mark.parametrize(
    "kept", ["", "高凤岐", "x:y", f"{KEEPER.key_name}:!!!", f"{KEEPER.key_name}:"]
)
def test_what_is_not_sealed_does_not_open(kept: str):
    with pytest.raises(SealBroken):
        KEEPER.open(SealedText(kept), HERE)


def test_a_column_of_sealed_texts_takes_no_plain_one():
    with pytest.raises(TypeError):
        Sealed().process_bind_param("高凤岐", None)


def test_a_mark_tells_equal_texts_and_needs_the_key():
    assert KEEPER.mark("1:0012345") == KEEPER.mark("1:0012345") != KEEPER.mark("2:0012345")
    assert Keeper(bytes(32)).mark("1:0012345") != KEEPER.mark("1:0012345")


def test_the_key_is_made_once_and_is_the_owners_alone(tmp_path: Path):
    path = tmp_path / "keys" / "special.key"
    made = keeper_at(path, make=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["special.key"]
    assert keeper_at(path, make=True).key_name == made.key_name
    assert keeper_at(path, make=False).key_name == made.key_name


def test_of_many_who_make_the_key_at_once_all_have_the_same(tmp_path: Path):
    path = tmp_path / "special.key"
    names = []
    makers = [
        threading.Thread(target=lambda: names.append(keeper_at(path, make=True).key_name))
        for _ in range(8)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(names) == 8
    assert len(set(names)) == 1


def test_a_key_that_is_gone_or_none_is_said_to_be(tmp_path: Path):
    with pytest.raises(SpecialKeyMissing):
        keeper_at(tmp_path / "nowhere", make=False)
    for wrong in (b"", b"short", b"!!!!"):
        (tmp_path / "wrong").write_bytes(wrong)
        with pytest.raises(SpecialKeyMissing):
            keeper_at(tmp_path / "wrong", make=True)
