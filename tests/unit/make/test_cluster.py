"""Who may have a batch's processes run something: nobody but the batch."""

import os
import urllib.error
import urllib.request
from pathlib import Path

import dask.system
import psutil
import pytest
from distributed import Client, system

from jobreport.errors import InputRefused
from jobreport.make.batch import cluster
from jobreport.make.batch.cluster import Scheduler


@pytest.mark.parametrize(
    ("cores", "memory", "reports", "workers"),
    [(32, 64, None, 32), (32, 64, 3, 3), (32, 16, 98, 16), (2, 0.5, 98, 1), (4, 64, 98, 4)],
)
def test_as_many_workers_start_as_the_machine_can_take_and_reports_give_work_to(
    monkeypatch, cores, memory, reports, workers
):
    monkeypatch.setattr(dask.system, "CPU_COUNT", cores)
    monkeypatch.setattr(system, "MEMORY_LIMIT", int(memory * 1e9))
    assert cluster.fitting(reports) == workers


def listening() -> list[int]:
    """Ports on which this process and those it started take connections."""
    here = psutil.Process()
    family = [here, *here.children(recursive=True)]
    found = [connection for process in family for connection in process.net_connections("tcp")]
    assert {connection.laddr.ip for connection in found if connection.status == psutil.CONN_LISTEN} <= {"127.0.0.1"}
    return [connection.laddr.port for connection in found if connection.status == psutil.CONN_LISTEN]


def page(port: int, path: str) -> int | str:
    """Status of a page on a port, or why there is none."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return "no page"


def test_a_neighbour_on_the_machine_can_neither_run_anything_nor_see_a_page():
    with cluster.client(1, None) as own:
        assert own.submit(os.getpid).result() != os.getpid()
        ports = listening()
        assert len(ports) >= 2
        assert {page(port, path) for port in ports for path in ("info/main/workers.html", "status")} <= {404, "no page"}
        for protocol in ("tcp", "tls"):
            address = own.scheduler.address.replace("tls", protocol)
            with pytest.raises((OSError, TypeError)):
                Client(address, timeout=1, set_as_default=False)


@pytest.mark.parametrize(
    ("scheduler", "key"),
    [
        (Scheduler("tls://127.0.0.1:9"), "batch_tls_files"),
        (Scheduler("tcp://127.0.0.1:9", (Path("ca"), Path("cert"), Path("key"))), "batch_tls_files"),
        (Scheduler("tls://127.0.0.1:9", (Path("ca"), Path("cert"), Path("key"))), "batch_tls_unreadable"),
    ],
)
def test_a_scheduler_that_cannot_be_reached_as_it_must_be_is_refused(scheduler, key):
    with pytest.raises(InputRefused) as refused, cluster.client(None, scheduler):
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
