"""Execute a notebook by Papermill in a kernel of its own: private sockets, nothing saved, no run times kept."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, suppress
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from nbformat import NotebookNode
from traitlets import Bool, Dict, Type
from traitlets.config import Config

from jobreport.make import parent
from jobreport.make.parent import Parent

INJECTED = "injected-parameters"
KERNEL = "python3"
WITHOUT_HISTORY = "--HistoryManager.enabled=False"  # nobody types in it, and what it runs is nobody's to find
SETTINGS = "IPYTHONDIR"  # environment variable
LONGEST_SOCKET = 103  # letters of the path of a socket on the strictest system; elsewhere 107
SHORT = Path("/tmp")  # noqa: S108 - a private folder is made in it
CELL_TIMEOUT = 600  # seconds; a cell draws one figure, so ten minutes means that it hangs

SOON, ENDING = 0.002, 500  # seconds between looks whether a stopped kernel has ended, and how many looks
HEARD = 0.2  # seconds in which the first output of a kernel is heard, if one hears it


class ForkedKernel:
    """A kernel as the provisioner sees it: what `subprocess.Popen` offers, asked of the parent."""

    stdin = stdout = stderr = None

    def __init__(self, parent: Parent, pid: int) -> None:
        self._parent, self.pid = parent, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Exit code, None while it runs."""
        if self.returncode is None:
            try:
                self.returncode = self._parent.ask({"poll": self.pid})["exit"]
            except OSError:
                self.returncode = -signal.SIGKILL
        return self.returncode

    def wait(self) -> int:
        """Exit code; the provisioner has polled until there is one."""
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Stop it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to stop."""
        self.send_signal(signal.SIGTERM)


class PreloadedProvisioner(LocalProvisioner):
    """Start kernels by asking the preloaded parent of this process."""

    async def launch_kernel(self, cmd: list[str], **keywords: Any) -> KernelConnectionInfo:
        """Fork a kernel; ``cmd`` is what would have started it from scratch."""
        request = {
            "start": cmd[cmd.index("-f") + 1],
            "folder": str(keywords.get("cwd") or os.getcwd()),  # noqa: PTH109
            "environment": dict(keywords.get("env") or os.environ),
        }
        preloaded = parent.of_this_process()
        forked = ForkedKernel(preloaded, preloaded.ask(request)["pid"])
        self.process = forked  # type: ignore[assignment]  # it answers what a Popen answers
        self.pid = self.pgid = forked.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Stop it and wait until it has ended, which is soon: others would look again after a tenth of a second."""
        await super().kill(restart)
        for _ in range(ENDING):
            if await self.poll() is not None:
                return
            await asyncio.sleep(SOON)


class PrivateClient(AsyncKernelClient):
    """Go on when the kernel has answered: the base class listens for a fifth of a second more."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers, and is heard on the channel of its outputs."""
        for _ in range(int(timeout or CELL_TIMEOUT)):
            with suppress(TimeoutError, Empty):
                await self.kernel_info(reply=True, timeout=1)
                await self.iopub_channel.get_msg(timeout=HEARD)
                return
            if not await self.is_alive():
                break
        raise RuntimeError("the kernel did not answer")


class PrivateKernelManager(AsyncKernelManager):
    """Start a kernel with extra environment variables: paths, which a notebook's parameters must not hold."""

    client_factory = Type(PrivateClient)
    environment = Dict().tag(config=True)
    preloaded = Bool().tag(config=True)

    async def start_kernel(self, **keywords: Any) -> None:  # type: ignore[override]
        """Start it as the base class does, with the environment added."""
        if self.preloaded and self.provisioner is None:
            self.provisioner = PreloadedProvisioner(
                kernel_id=self.kernel_id or "", kernel_spec=self.kernel_spec, parent=self
            )
        environment = {**os.environ, **self.environment}
        keywords["extra_arguments"] = [*(keywords.get("extra_arguments") or ()), WITHOUT_HISTORY]
        await super().start_kernel(env=environment, **keywords)


def execute(
    notebook: NotebookNode,
    parameters: Mapping[str, Any],
    *,
    folder: Path,
    environment: Mapping[str, str],
    evidence: Path,
    preloaded: bool = False,
) -> NotebookNode:
    """Run every cell in order and return the executed notebook, the same to the byte whenever it is run.

    What a library warns of in a cell is no part of what the cell shows: it is warned of here instead.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook; not changed.
    parameters : mapping
        Values for the cell tagged ``parameters``.
    folder : Path
        Working directory of the kernel.
    environment : mapping of str to str
        Added to the kernel's environment.
    evidence : Path
        Where the notebook is kept if a cell raises.
    preloaded : bool
        Fork the kernel from a parent that has imported everything, where that is possible: for many notebooks in turn.

    Raises
    ------
    papermill.exceptions.PapermillExecutionError
        If a cell raises.
    """
    import papermill  # imported here: it costs half a second that `jobreport --help` need not pay
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import raise_for_execution_errors

    place = place_of_sockets(tempfile.gettempdir())
    with tempfile.TemporaryDirectory(prefix="jobreport-", dir=place) as private, _own_settings(private):
        stopped = Path(private) / "stopped.ipynb"
        try:
            filled = papermill.execute_notebook(
                notebook, str(stopped), dict(parameters), cwd=str(folder), kernel_name=KERNEL, prepare_only=True
            )
            with chdir(folder):
                executed = papermill_engines.execute_notebook_with_engine(
                    None,
                    filled,
                    kernel_name=KERNEL,
                    progress_bar=False,
                    log_output=False,
                    execution_timeout=CELL_TIMEOUT,
                    shutdown_kernel="immediate",  # nothing is left to save, and an orderly end is heard on stderr
                    kernel_manager_class=PrivateKernelManager,
                    config=_config(Path(private), environment, preloaded=preloaded),
                )
            raise_for_execution_errors(executed, str(stopped))  # (written then alone: whole, it is much to write)
        except PapermillExecutionError:
            shutil.copyfile(stopped, evidence)
            raise
    return without_run_times(without_warnings(executed))


@contextmanager
def _own_settings(private: str) -> Iterator[None]:
    # Let Jupyter, here and in the kernel, read and write nothing of the user's home, which may be no folder.
    before = os.environ.get(SETTINGS)
    os.environ[SETTINGS] = private
    try:
        yield
    finally:
        os.environ.pop(SETTINGS)
        os.environ.update({} if before is None else {SETTINGS: before})


def place_of_sockets(temporary: str, name: str = "jobreport-12345678/kernel.json-ipc-5") -> str:
    """Return the folder of temporary files, or /tmp where the name of a kernel's socket would be too long in it.

    Examples
    --------
    >>> place_of_sockets("/var/tmp/anna")
    '/var/tmp/anna'
    """
    whole = os.fsencode(Path(temporary, name))
    return str(SHORT) if len(whole) > LONGEST_SOCKET and SHORT.is_dir() else temporary


def place_of_evidence(folder: Path) -> Path:
    """Return where a stopped notebook is kept: beside the report's folder, and never in place of somebody's own file.

    Examples
    --------
    >>> place_of_evidence(Path("outputs/nowhere")).name
    'nowhere-stopped.ipynb'
    """
    numbered = (folder.with_name(f"{folder.name}-stopped{number}.ipynb") for number in ("", *range(2, 1000)))
    return next(place for place in numbered if not place.exists() or _is_evidence(place))


def _is_evidence(file: Path) -> bool:
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        return bool(held["metadata"]["papermill"]["exception"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False


def _config(private: Path, environment: Mapping[str, str], *, preloaded: bool) -> Config:
    config = Config()
    config.PrivateKernelManager.preloaded = preloaded and parent.POSSIBLE
    config.PrivateKernelManager.environment = dict(environment)
    config.PrivateKernelManager.connection_file = str(private / "kernel.json")
    if sys.platform != "win32":  # (it has no such sockets; elsewhere kernels in parallel would race for TCP ports)
        config.PrivateKernelManager.transport = "ipc"
    return config


def without_warnings(notebook: NotebookNode) -> NotebookNode:
    """Take what cells left on stderr out of the notebook, and pass it on to whoever runs it.

    A warning must neither stop a finished report nor stand in it, and where warnings are errors it is one still.
    """
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        warned = [output for output in cell.outputs if output.get("name") == "stderr"]
        cell.outputs = [output for output in cell.outputs if output not in warned]
        for output in warned:
            warnings.warn(f"cell {cell.get('id', '')}: {output.text.strip()}", RuntimeWarning, stacklevel=2)
    return notebook


def without_run_times(notebook: NotebookNode) -> NotebookNode:
    """Take out what differs from run to run: times, random cell names, the version of Python."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if INJECTED in cell.metadata.get("tags", []):
            cell["id"] = INJECTED
    return notebook
