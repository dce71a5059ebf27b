"""Passwords of staff: what is kept, what is right, and how long who guesses must wait."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, Type

from probqa.errors import InputError
from probqa.staff import passwords
from probqa.staff.passwords import Passwords, hashed, require_strong
from probqa.staff.people import People, people_of, read_people

RIGHT = "cobweb granite tulip"
HERE = "192.0.2.7"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def kept() -> str:
    return hashed(RIGHT)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def known(kept: str, clock: Clock) -> Passwords:
    return Passwords({"Anna": kept, "Zoë": kept}, clock)


def test_the_right_password_of_a_person_is_right_and_no_other(known: Passwords) -> None:
    assert known.is_right("Anna", RIGHT)
    wrong = ["", RIGHT[:-1], RIGHT + " ", RIGHT.upper(), RIGHT * 1000, "\x00", RIGHT + "\x00"]
    assert not any(known.is_right("Anna", password) for password in wrong)


def test_a_name_nobody_has_has_no_password_and_not_that_of_nobody(known: Passwords) -> None:
    names = ["anna", "Anna ", "", "Eve", "\udcff", "Anna\x00"]
    assert not any(known.is_right(name, RIGHT) for name in names)
    assert not known.is_right("Eve", "nobody has this password")


def test_a_name_nobody_has_is_compared_like_any_other(known: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    class Hasher:
        def verify(self, kept: str, password: str) -> bool:
            seen.append(kept.rpartition("$")[0].rpartition("$")[0])
            return True

    monkeypatch.setattr(passwords, "_hasher", Hasher())
    assert known.is_right("Anna", "x") and not known.is_right("Eve", "x")
    assert seen[0] == seen[1] and seen[0].startswith("$argon2id$")


def test_a_name_is_the_same_however_its_letters_are_put_together(known: Passwords) -> None:
    assert known.is_right("Zoe\u0308", RIGHT)


def test_two_hashes_of_one_password_are_two(kept: str) -> None:
    assert kept != hashed(RIGHT) and kept.startswith("$argon2id$")


@pytest.mark.parametrize("password", ["", "x" * 11, "x" * 1001])
def test_a_password_is_neither_short_nor_endless(password: str) -> None:
    with pytest.raises(InputError, match="the password has"):
        hashed(password)


def waits(known: Passwords, clock: Clock, name: str, tries: int) -> list[float]:
    """What each try in vain costs, of somebody who waits no longer than needed."""
    found = []
    for _ in range(tries):
        begun = clock.now
        while wait := known.begin(name, HERE):
            clock.now += wait
        found.append(clock.now - begun)
    return found


def test_each_try_in_vain_costs_twice_the_wait_of_the_one_before(known: Passwords, clock: Clock) -> None:
    assert waits(known, clock, "Anna", 14) == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300]


def test_a_day_of_guessing_is_some_hundred_tries(known: Passwords, clock: Clock) -> None:
    tries = 0
    while clock.now < 24 * 3600:
        clock.now += known.begin("Anna", HERE) or 0
        tries += 1
    assert tries / 2 < 300


def test_who_tries_too_soon_does_not_wait_longer_for_it(known: Passwords, clock: Clock) -> None:
    waits(known, clock, "Anna", 4)
    assert [known.begin("Anna", HERE) for _ in range(50)] == [1.0] * 50
    clock.now += 1
    assert known.begin("Anna", HERE) == 0


def test_a_hundred_tries_at_the_same_moment_are_counted_before_one_is_compared(known: Passwords) -> None:
    assert [known.begin("Anna", HERE) for _ in range(100)].count(0) == 4


def test_the_tries_at_one_name_are_nothing_to_another_until_there_are_many(known: Passwords, clock: Clock) -> None:
    waits(known, clock, "Anna", 10)
    assert known.begin("Zoë", HERE) == 0


def test_who_tries_many_names_from_one_place_waits_and_others_do_not(known: Passwords, clock: Clock) -> None:
    found = [waits(known, clock, f"name {number}", 1)[0] for number in range(40)]
    assert found[:21] == [0] * 21 and found[21:29] == [0.5, 1, 2, 4, 8, 16, 32, 60] and set(found[29:]) == {60}
    assert known.begin("Anna", HERE) > 0
    assert known.begin("Anna", "192.0.2.9") == 0


def test_tries_from_a_hundred_places_have_all_wait_ten_seconds_at_most(known: Passwords, clock: Clock) -> None:
    found = []
    for number in range(200):
        found.append(known.begin(f"name {number}", f"client {number}"))
        clock.now += found[-1]
    assert found[:101] == [0] * 101 and max(found) == 10
    assert known.begin("Anna", HERE) == 0
    assert known.begin("Zoë", HERE) == 10


def test_names_by_the_thousand_do_not_wash_away_the_tries_at_a_real_one(known: Passwords, clock: Clock) -> None:
    waits(known, clock, "Anna", 20)
    left = known._of_name.left("Anna")
    for number in range(3000):
        known._of_name.count(f"name {number}")
    assert known._of_name.left("Anna") == left == 300
    assert len(known._of_name._tries) == 1001


def test_the_right_password_ends_the_wait_of_its_name(known: Passwords, clock: Clock) -> None:
    waits(known, clock, "Anna", 8)
    known.succeed("Anna", HERE)
    assert waits(known, clock, "Anna", 4) == [0, 0, 0, 0]


def test_people_who_sign_in_all_day_do_not_wait(known: Passwords, clock: Clock) -> None:
    for _ in range(200):
        assert known.begin("Anna", HERE) == 0
        known.succeed("Anna", HERE)


def test_tries_are_forgotten_after_a_day(known: Passwords, clock: Clock) -> None:
    waits(known, clock, "Anna", 12)
    clock.now += 24 * 3600 + 301
    assert waits(known, clock, "Anna", 4) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "weak",
    [
        "",
        "correct horse",
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        PasswordHasher(memory_cost=1024).hash("x"),
        PasswordHasher(time_cost=1).hash("x"),
        PasswordHasher(type=Type.I).hash("x"),
    ],
    ids=["nothing", "the password itself", "bcrypt", "little memory", "one pass", "argon2i"],
)
def test_a_weak_hash_is_refused(weak: str) -> None:
    with pytest.raises(InputError, match="probqa password"):
        require_strong("Anna", weak)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "nobody may sign in"),
        ("[people]", "nobody may sign in"),
        ("people", "Expected '='"),
        ("[peple]", "peple"),
        ('[people]\nAnna = ""', "no hash"),
        ("[people]\nAnna = 1", "Anna"),
        ('[people]\n"" = "x"', "is no name"),
        ('[people]\n" Anna" = "x"', "is no name"),
        ('[people]\n"An\\u0000na" = "x"', "is no name"),
        ('[people]\n"An\\nna" = "x"', "is no name"),
    ],
)
def test_a_file_that_lets_nobody_in_or_anybody_is_refused(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        people_of(text)


def test_people_are_read_from_a_file_that_nobody_else_may_read(kept: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "people.toml"
    file.write_text(f'[people]\n"Zoë" = "{kept}"\n', encoding="utf-8")
    for mode in (0o644, 0o604, 0o620, 0o601):
        file.chmod(mode)
        with pytest.raises(InputError, match="chmod 600"):
            read_people(file)
    file.chmod(0o640)
    assert read_people(file) == People({"Zoë": kept})


def test_without_a_file_of_people_nobody_signs_in(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match="PROBQA_STAFF names no file"):
        read_people(None)
    with pytest.raises(InputError, match="No such file"):
        read_people(tmp_path / "none.toml")
    (tmp_path / "latin").write_bytes(b"\xff")
    with pytest.raises(InputError, match="not UTF-8"):
        read_people(tmp_path / "latin")
