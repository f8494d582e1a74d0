"""The form as a page: Voilà on this machine alone, behind a token, for one person."""

import os
import secrets
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from jobreport.desk.form.folder import FOLDER, LARGEST_UPLOAD, OPEN, PREFIX, held, remove_what_was_left
from jobreport.domain.shipped import shipped
from jobreport.errors import Problem, RunFailed, refuse
from jobreport.make import kernel

NOTEBOOK = "notebooks/form.ipynb"
SOCKET = f"{PREFIX}12345678/voila_12345678/kernel-{UUID(int=0)}-ipc-5"  # longest name
LANGUAGE = "JOBREPORT_FORM_LANGUAGE"  # environment variable: what the notebook begins in
LOOPBACK = "127.0.0.1"
GATE = "JOBREPORT_FORM_TOKEN"  # environment variable: the token that opens a form that others can reach
SHORTEST = 20  # letters of it
OFTEN = 5  # seconds between two looks at pages that are gone
IDLE = 1800  # seconds after which a session whose page is gone is ended
# The page asks nobody but this server, whatever a library would like to load.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws://{host}; form-action 'self'; "
    "frame-ancestors 'none'"
)


def serve(
    language: str, port: int | None, tell: Callable[[str], None], *, open_browser: bool = True, host: str = LOOPBACK
) -> None:
    """Show the form until it is interrupted; then nothing of what was uploaded is left.

    Where it was killed, the next form deletes what was left.

    Parameters
    ----------
    port
        A port of this machine; None takes a free one.
    host
        An address of this machine; one that others can reach needs a token in the environment (`GATE`).

    Raises
    ------
    InputRefused
        If others could reach it and no token is set.
    RunFailed
        If the packages of the form are not installed.
    """
    told = _told_token(host, language)
    try:
        from voila.app import Voila
    except ImportError as missing:
        raise RunFailed(Problem("lab_missing", "jobreport form"), language) from missing
    remove_what_was_left()
    place = kernel.place_of_sockets(tempfile.gettempdir(), SOCKET)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=place, ignore_cleanup_errors=True) as folder:
        lock = held(Path(folder))
        tempfile.tempdir = folder  # what the server itself would leave there, as the page that opens the browser
        os.environ.update(_environment(folder, language) | ({OPEN: "yes"} if told else {}))
        _without_history(Path(folder))
        port, token = port or _free_port(), told or secrets.token_urlsafe(24)
        server = Voila.instance(config=_settings(port, token, host, open_browser=open_browser))
        server.initialize([str(shipped(NOTEBOOK))])
        tell(f"http://{host}:{port}/?token={f'${GATE}' if told else token}")
        swept = threading.Thread(target=_sweep, daemon=True)
        swept.start()
        try:
            server.start()
        finally:
            tempfile.tempdir = None
            lock.release()


def _sweep() -> None:
    # Delete the folders of pages that are gone and were not loaded again, as long as the form is shown.
    while tempfile.tempdir is not None:
        remove_what_was_left()
        time.sleep(OFTEN)


def _told_token(host: str, language: str) -> str:
    # The token of a form that others can reach, which no kernel needs to know; '' where nobody can.
    token = os.environ.pop(GATE, "")
    if host in (LOOPBACK, "localhost"):
        return ""
    facts = {"host": host, "variable": GATE, "shortest": SHORTEST}
    refuse([] if len(token) >= SHORTEST else [Problem("form_without_token", "jobreport form", facts)], language)
    return token


def _environment(folder: str, language: str) -> dict[str, str]:
    package = Path(__file__).parents[2]
    before = {name: [os.environ[name]] if os.environ.get(name) else [] for name in ("JUPYTER_PATH", "PYTHONPATH")}
    return {
        FOLDER: folder,
        "IPYTHONDIR": folder,
        "JUPYTER_RUNTIME_DIR": folder,
        LANGUAGE: language,
        "JUPYTER_PATH": os.pathsep.join([str(Path(__file__).parent / "share" / "jupyter"), *before["JUPYTER_PATH"]]),
        "PYTHONPATH": os.pathsep.join([str(package.parent), *before["PYTHONPATH"]]),
    }


def _without_history(folder: Path) -> None:
    # Let no kernel of the form keep what it ran; what IPython writes of itself goes with the folder.
    profile = folder / "profile_default"
    profile.mkdir()
    (profile / "ipython_config.py").write_text("c.HistoryManager.enabled = False\n", encoding="utf-8")


def _settings(port: int, token: str, host: str, *, open_browser: bool) -> object:
    from traitlets.config import Config

    headers = {"Content-Security-Policy": POLICY.format(host=f"{LOOPBACK}:{port}"), "Referrer-Policy": "no-referrer"}
    settings = Config()
    settings.Voila.ip, settings.Voila.port, settings.Voila.port_retries = host, port, 0
    settings.Voila.token, settings.Voila.open_browser = token, open_browser
    settings.Voila.cookie_secret = secrets.token_bytes(32)  # a cookie of an earlier form opens nothing
    settings.IdentityProvider.cookie_options = {"samesite": "Strict"}
    settings.Voila.log_level = "WARN"
    settings.Voila.tornado_settings = {
        "headers": headers,
        "websocket_max_message_size": LARGEST_UPLOAD + 2**20,  # (with what is said about the files)
        # a page that closes ends its session by a request that can carry no header; it names the session's secret id
        "disable_check_xsrf": True,
        # a page elsewhere whose name is made to lead to this machine is not answered
        "allow_remote_access": False,
        "local_hostnames": [LOOPBACK, "localhost", host],
    }
    # a questionnaire of fifty questions says more at once than a server for strangers lets through, and drops the rest
    settings.ZMQChannelsWebsocketConnection.limit_rate = False
    settings.VoilaConfiguration.template = "jobreport"
    settings.VoilaConfiguration.file_allowlist = ["$^"]  # no file of the machine is served
    settings.VoilaConfiguration.show_tracebacks = False
    if sys.platform != "win32":  # what a kernel says on a port any user of the machine may listen to
        settings.KernelManager.transport = "ipc"
    settings.MappingKernelManager.cull_idle_timeout = IDLE
    settings.MappingKernelManager.cull_interval = IDLE // 30
    return settings


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        return int(free.getsockname()[1])
