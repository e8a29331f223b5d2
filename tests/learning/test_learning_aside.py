"""Work that stands back: its items in order, its errors here, an end at the next item, one core, a
low priority."""

import os
import sys
import threading

import pytest
import torch

from playground.learning.aside import aside


def test_items_come_in_order_from_one_other_thread():
    def work():
        for number in range(3):
            yield number, threading.get_ident()

    found = list(aside(work()))
    assert [number for number, _ in found] == [0, 1, 2]
    assert len({thread for _, thread in found}) == 1
    assert found[0][1] != threading.get_ident()


def test_what_it_raises_is_raised_here_after_what_came_before():
    def work():
        yield 1
        raise ValueError("no such word")

    records = aside(work())
    assert next(records) == 1
    with pytest.raises(ValueError, match="no such word"):
        next(records)


def test_closing_ends_the_work_and_waits_for_its_end():
    ended, going = threading.Event(), threading.Event()

    def work():
        try:
            yield 1
            going.wait(10)  # the middle of an update
            yield 2
            raise AssertionError("it went on")
        finally:
            ended.set()

    records = aside(work())
    assert next(records) == 1
    threading.Timer(0.05, going.set).start()
    records.close()
    assert ended.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name == "aside"]


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_it_has_one_core_and_all_others_keep_theirs(two_threads):
    threads = []

    def work():
        yield torch.get_num_threads()
        later = threading.Thread(target=lambda: threads.append(torch.get_num_threads()))
        later.start()
        later.join()
        yield torch.get_num_threads()

    assert list(aside(work())) == [1, 1]
    assert threads == [2] and torch.get_num_threads() == 2


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own here")
def test_it_is_served_after_all_others_and_they_stay_as_they_were():
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    found = list(
        aside(iter_of(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())), 15)
    )
    assert found == [max(15, mine)]
    assert os.getpriority(os.PRIO_PROCESS, 0) == mine


def iter_of(ask):
    yield ask()
