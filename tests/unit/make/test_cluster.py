"""Who may have a batch's processes run something: nobody but the batch."""

import os
from pathlib import Path

import psutil
import pytest

from jobreport.errors import InputRefused
from jobreport.make import parent
from jobreport.make.batch import cluster
from jobreport.make.batch.cluster import Scheduler
from tests.unit.make import happenings


@pytest.mark.parametrize(
    ("cores", "memory", "reports", "workers"),
    [(32, 64, None, 32), (32, 64, 3, 3), (32, 16, 98, 16), (2, 0.5, 98, 1), (4, 64, 98, 4)],
)
@pytest.mark.dear
def test_as_many_workers_start_as_the_machine_can_take_and_reports_give_work_to(
    monkeypatch, cores, memory, reports, workers
):
    monkeypatch.setattr("dask.system.CPU_COUNT", cores)
    monkeypatch.setattr("distributed.system.MEMORY_LIMIT", int(memory * 1e9))
    assert cluster.fitting(reports) == workers


def addresses() -> set[tuple[int, str]]:
    """What can be connected to of this process and those it started: ports, and sockets that have a name."""
    here = psutil.Process()
    family = [here, *here.children(recursive=True)]
    found = [(process.pid, each) for process in family for each in process.net_connections("all")]
    return {(pid, str(each.laddr)) for pid, each in found if each.laddr}


@pytest.mark.dear
def test_a_neighbour_on_the_machine_finds_nothing_to_connect_to(tmp_path):
    before = addresses()
    with cluster.hands(1, None, tmp_path, preloaded=True) as own:
        own.submit(os.getpid)
        [done] = own.completed()
        assert psutil.Process(done.result()).ppid() == os.getpid()
        assert addresses() == before


HAPPENS = [happenings.a_process_dies, happenings.one_is_done_alone, happenings.a_batch_is_stopped]


@pytest.mark.skipif(not parent.POSSIBLE, reason="no process may fork")
@pytest.mark.parametrize("happens", HAPPENS, ids=lambda happens: happens.__name__)
@pytest.mark.dear
def test_forks_that_die_work_alone_or_are_stopped_leave_nothing_undone_and_no_process(forked, tmp_path, happens):
    source = "from tests.unit.make import happenings\nassert parent.may_fork()\n"
    done = forked(f"{source}happenings.{happens.__name__}(Path(sys.argv[1]))", str(tmp_path))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "happens",
    [pytest.param(happens, marks=pytest.mark.dear) if parent.POSSIBLE else happens for happens in HAPPENS],
    ids=lambda happens: happens.__name__,
)
def test_processes_that_are_started_do_as_forks_do(tmp_path, happens):
    happens(tmp_path)


FORKED = """
with cluster.hands(1, None, Path(), preloaded=True) as own:
    for asked, alone in ((parent.may_fork, True), (parent.may_fork, False), (parent.prepared, False)):
        own.submit(asked, alone=alone)
    print(*(each.result() for each in own.completed()))
"""


@pytest.mark.skipif(not parent.POSSIBLE, reason="no process may fork")
@pytest.mark.dear
def test_who_computes_may_fork_for_a_half_and_who_makes_reports_has_a_parent_of_kernels_instead(forked):
    done = forked(FORKED)
    assert done.stdout.split() == ["True", "False", "True"]


@pytest.mark.parametrize(
    ("scheduler", "key"),
    [
        (Scheduler("tls://127.0.0.1:9"), "batch_tls_files"),
        (Scheduler("tcp://127.0.0.1:9", (Path("ca"), Path("cert"), Path("key"))), "batch_tls_files"),
        (Scheduler("tls://127.0.0.1:9", (Path("ca"), Path("cert"), Path("key"))), "batch_tls_unreadable"),
    ],
)
def test_a_scheduler_that_cannot_be_reached_as_it_must_be_is_refused(scheduler, key):
    with pytest.raises(InputRefused) as refused, cluster.hands(1, scheduler, Path()):
        pass
    assert {problem.key for problem in refused.value.problems} == {key}


class Elsewhere:
    """Workers of a scheduler: one on this folder, one that does not see it, one with another program."""

    def run(self, identity, marker):
        own = identity(marker)
        return {"tcp://here": own, "tcp://there": (*own[:2], False), "tcp://old": ("0" * 64, *own[1:])}


@pytest.mark.parametrize(("language", "blind"), [("da", "kan ikke se mappen land"), ("en", "the folder land")])
def test_workers_on_another_folder_or_program_are_refused_each_by_name(tmp_path, language, blind):
    marker = tmp_path / "land" / "marker"
    marker.parent.mkdir()
    marker.touch()
    with pytest.raises(InputRefused) as refused:
        cluster.check_workers(Elsewhere(), marker)
    said = {line.split(": ")[0]: line for line in refused.value.text(language).splitlines() if "tcp://" in line}
    assert set(said) == {"tcp://there", "tcp://old"}
    assert blind in said["tcp://there"]
