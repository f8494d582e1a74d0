"""Work beside the program is done in a fork; whatever happens to the fork, its result and its errors are the same."""

import subprocess
import sys
import time

import psutil
import pytest

from jobreport.make import parent
from jobreport.make.beside import beside

pytestmark = pytest.mark.skipif(not parent.POSSIBLE, reason="a process is forked on Linux only")


@pytest.fixture
def told(forked):
    """A function: what a program says that may fork."""

    def says(source):
        done = forked(source)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    return says


@pytest.mark.dear
def test_work_is_done_in_another_process_while_this_one_goes_on(told):
    assert told("made = beside(os.getpid); print(made() == me)") == ["False"]


@pytest.mark.dear
def test_where_there_is_a_thread_or_nobody_said_that_it_may_fork_it_is_done_here(told):
    waiting = "wait = threading.Event(); threading.Thread(target=wait.wait).start()\n"
    assert told(waiting + "print(beside(os.getpid)() == me); wait.set()") == ["True"]
    assert beside(lambda: "here")() == "here"


@pytest.mark.dear
def test_ctrl_c_in_the_middle_of_a_fork_is_not_forgotten(told):
    """What is called at each fork, as `logging` has it, prints what is raised in it, and Python goes on."""
    source = """
os.register_at_fork(after_in_parent=lambda: os.kill(me, signal.SIGINT))
def batch():
    with cluster.hands(1, None, Path()) as own:
        own.submit(os.getpid)
for name, forks in {"work": lambda: beside(os.getpid)(), "kernels": parent.of_this_process, "batch": batch}.items():
    try:
        forks()
        print(name, "went on")
    except KeyboardInterrupt:
        print(name, "interrupted")
"""
    assert told(source) == ["work", "interrupted", "kernels", "interrupted", "batch", "interrupted"]


@pytest.mark.dear
def test_a_kernel_can_be_interrupted_though_its_parent_was_forked_without_ctrl_c(told):
    source = """
import psutil
parent.of_this_process().ask({"poll": 1})
[kernels] = psutil.Process().children()
masks = [line.split()[1] for line in open(f"/proc/{kernels.pid}/status") if line.startswith("SigBlk")]
print(int(masks[0], 16) >> signal.SIGINT - 1 & 1)
"""
    assert told(source) == ["0"]


@pytest.mark.dear
def test_a_survey_is_read_without_a_thread_so_that_what_follows_may_fork(told, demo_project):
    source = f"""
assert len(checks.read_inputs(checks.read_params(Path({str(demo_project / "params" / "demo.yml")!r}))).responses)
print(parent.may_fork())
"""
    assert told(source) == ["True"]


@pytest.mark.dear
def test_room_of_what_is_gone_is_given_back(told):
    source = """
import psutil
from jobreport.make.beside import give_back
held = [bytes(5_000) for _ in range(40_000)]
held.append(held)
last = bytes(5_000)
del held
before = psutil.Process().memory_info().rss
give_back()
print(before - psutil.Process().memory_info().rss > 100_000_000)
"""
    assert told(source) == ["True"]


@pytest.mark.dear
def test_an_error_in_the_fork_is_the_same_error_here_and_told_once(told):
    source = """
def fails():
    raise ValueError(str(os.getpid() == me))
try:
    beside(fails)()
except ValueError as error:
    print(error)
"""
    assert told(source) == ["True"]


@pytest.mark.dear
def test_work_of_a_fork_that_was_killed_or_cannot_be_handed_over_is_done_here(told):
    source = """
def dies():
    if os.getpid() != me:
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"
print(beside(dies)(), beside(lambda: (lambda: "made"))()())
"""
    assert told(source) == ["done", "made"]


def test_a_fork_ends_with_the_program_that_asked():
    source = """
import time
from jobreport.make import parent
parent.share()
from jobreport.make.beside import beside
made = beside(lambda: time.sleep(60))
print(parent.multiprocessing.active_children()[0].pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True) as asker:
        pid = int(asker.stdout.readline())
        assert psutil.pid_exists(pid)
        asker.kill()
    until = time.monotonic() + 10
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
        time.sleep(0.02)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
