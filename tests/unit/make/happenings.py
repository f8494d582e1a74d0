"""What happens to a batch's processes, whether they are forked or started (`test_cluster`)."""

import os
import time
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from jobreport.make.batch import cluster


def a_process_dies(folder: Path) -> None:
    with cluster.hands(2, None, folder) as own:
        asked = [own.submit(os._exit, 1), own.submit(os.getpid), own.submit(os.getpid)]
        done = list(own.completed())
        assert {type(each.exception()) for each in done} == {type(None), BrokenProcessPool}
        assert set(done) == set(asked)
        assert isinstance(asked[0].exception(), BrokenProcessPool)
        again = own.submit(os.getpid)
        assert list(own.completed()) == [again]
        assert again.result() in {each.result() for each in asked[1:]}, "the one that lives works on"


def one_is_done_alone(folder: Path) -> None:
    with cluster.hands(1, None, folder) as own:
        alone, other = own.submit(os.getpid, alone=True), own.submit(os.getpid)
        assert list(own.completed()) == [alone, other]
        assert alone.result() != other.result()
        assert not psutil.pid_exists(alone.result())
        assert psutil.pid_exists(other.result())


def a_batch_is_stopped(folder: Path) -> None:
    """What is still to be done would take a minute and ends with the batch."""

    def stopped() -> None:
        with cluster.hands(1, None, folder) as own:
            own.submit(os.getpid)
            [done] = own.completed()
            started.append(own._hands[0].process)
            assert started[0].pid == done.result()
            own.submit(time.sleep, 60)
            raise KeyboardInterrupt

    started: list[BaseProcess] = []
    with suppress(KeyboardInterrupt):
        stopped()
        raise AssertionError("nobody was told")
    assert started[0].exitcode, "it was not let end its work"
