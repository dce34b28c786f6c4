"""Child processes: what they may know, how they speak, and that none outlives its worker."""

import pytest

from zagumi.platform.core.jobs.process import ChildFailed, ChildProcess, memory_of_group_mb

SUMS = "tests.platform.core.sums"


def run(name: str, *args: object, seconds: float | None = 20, memory_mb: int = 1000) -> list[tuple[str, object]]:
    with ChildProcess(f"{SUMS}:{name}", args, seconds=seconds, memory_mb=memory_mb) as child:
        heard = []
        for message in child.messages(every=0.05):
            heard.append(message)
            if message[0] == "result":
                return [entry for entry in heard if entry[0] != "tick"]
    raise AssertionError("no result")


def test_progress_messages_and_result_arrive_in_order() -> None:
    assert run("add", 2, 3) == [
        ("progress", (0.5, "halfway through %(count)s numbers", {"count": 2})),
        ("message", {"so far": 2}),
        ("result", 5),
    ]


def test_it_knows_no_database_no_secrets_and_no_django(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret@nowhere/db")

    assert run("environment")[-1] == ("result", {"secret": [], "django": False, "session": True})


def test_what_it_raises_is_told_with_its_trace() -> None:
    with pytest.raises(ChildFailed, match="ValueError: no such machine") as failure:
        run("fail")

    assert "sums.py" in failure.value.trace


def test_an_unknown_function_is_told() -> None:
    with pytest.raises(ChildFailed, match="no_such_function"):
        run("no_such_function")


def test_a_sudden_death_is_told() -> None:
    with pytest.raises(ChildFailed, match="died"):
        run("die")


def test_too_long_is_stopped() -> None:
    with pytest.raises(ChildFailed, match="longer than it may"):
        run("sleep", 30, seconds=0.5)


def test_too_much_memory_is_stopped() -> None:
    with pytest.raises(ChildFailed, match="more than 200 MB"):
        run("eat", 400, memory_mb=200)


def test_when_the_block_ends_the_process_and_its_own_are_gone(tmp_path) -> None:
    with ChildProcess(f"{SUMS}:note_and_sleep", (str(tmp_path), 60), seconds=None, memory_mb=1000) as child:
        group = child.pid
        for _message in child.messages(every=0.05):
            if len(list(tmp_path.iterdir())) == 2:
                break
        assert memory_of_group_mb(group) > 10

    assert memory_of_group_mb(group) == 0
