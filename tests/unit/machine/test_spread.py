"""Readings on all processors: same answers, same order, nothing left behind."""

from __future__ import annotations

import os

import pytest

from configure587.machine import spread


@pytest.fixture
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})


@pytest.mark.usefixtures("two_processors")
@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 1000])
def test_answers_come_in_the_order_of_the_items(count: int) -> None:
    items = list(range(count))
    assert list(spread.forked(lambda item: [item, str(item)], items)) == [
        [item, str(item)] for item in items
    ]


@pytest.mark.usefixtures("two_processors")
def test_many_items_are_answered_by_other_processes() -> None:
    answers = set(spread.forked(lambda _: os.getpid(), list(range(1000))))
    assert len(answers) == 2
    assert os.getpid() not in answers


def test_one_processor_answers_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert set(spread.forked(lambda _: os.getpid(), list(range(1000)))) == {os.getpid()}


@pytest.mark.usefixtures("two_processors")
def test_large_answers_pass_whole() -> None:
    answers = list(spread.forked(lambda item: "x" * 20_000 + str(item), list(range(300))))
    assert [len(answer) for answer in answers[:2]] == [20_001, 20_001]
    assert answers[299].endswith("x299")


@pytest.mark.usefixtures("two_processors")
def test_a_worker_that_fails_is_told_and_not_passed_over() -> None:
    def broken(item: int) -> int:
        if item == 700:
            os._exit(3)
        return item

    with pytest.raises(ChildProcessError):
        list(spread.forked(broken, list(range(1000))))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # no child of ours is left


@pytest.mark.usefixtures("two_processors")
def test_who_stops_listening_leaves_no_worker_behind() -> None:
    answers = iter(spread.forked(lambda _: "x" * 5_000, list(range(5000))))
    next(answers)
    answers.close()  # type: ignore[attr-defined]  # it is a generator
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
