"""Servers on this machine, and the scripts that drive a browser against them."""

import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
INSTALL = "npm install --no-package-lock --prefix tests/browser"
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 900  # seconds


@pytest.fixture
def drive(request, _browser, tmp_path_factory):
    """A function: a script and what it is to do, to what it found.

    Pictures of every step are kept in the folder that the environment variable SCREENSHOTS names.
    """
    kept = os.environ.get("SCREENSHOTS")
    folder = Path(kept, re.sub(r"\W+", "-", request.node.name)).absolute() if kept else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)

    def run(script, **asked):
        place = tmp_path_factory.mktemp("browser")
        asked |= {"browser": _browser, "profile": str(place / "profile"), "downloads": str(place)}
        asked |= {"screenshots": str(folder)} if folder else {}
        said = subprocess.run(
            ["node", str(HERE / script)], input=json.dumps(asked), capture_output=True, text=True, encoding="utf-8",
            timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
        found = json.loads(said.stdout)
        assert "failure" not in found, found["failure"]
        assert found["errors"] == []
        assert found["elsewhere"] == [], "the page asked another machine"
        return found

    return run


@pytest.fixture(scope="session")
def _browser():
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip("no Chromium browser was found")
    if shutil.which("node") is None:
        pytest.skip("Node.js was not found")
    if not (HERE / "node_modules" / "playwright-core").is_dir() or not AXE.is_file():
        pytest.skip(f"playwright-core and axe-core are not installed: {INSTALL}")
    if any(importlib.util.find_spec(name) is None for name in ("voila", "jupyterlab")):
        pytest.skip("JupyterLab's packages are not installed (extra 'lab')")
    return browser


@pytest.fixture(scope="session")
def started():
    """A function: a command and its folder, to the address that it tells; it is ended with the tests."""
    running = []

    def start(words, folder, told, **settings):
        environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", **settings}
        log = folder / "server.log"
        with log.open("wb") as file:
            running.append(
                subprocess.Popen([sys.executable, *words], cwd=folder, env=environment, stdout=file, stderr=file)
            )
        for _ in range(240):
            found = re.search(told, log.read_text(encoding="utf-8", errors="replace"))
            if found and _answers(found[0]):
                return found[0]
            assert running[-1].poll() is None, log.read_text(encoding="utf-8", errors="replace")
            time.sleep(0.5)
        raise AssertionError("the server did not answer")

    yield start
    for server in running:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _answers(address):
    try:
        with socket.create_connection(("127.0.0.1", int(re.search(r":(\d+)/", address)[1])), 1):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def form(_browser, started):
    """Address of the form, and the folder in which it keeps its sessions: of a short name, as that of a socket is."""
    folder = Path(tempfile.mkdtemp(prefix="f"))
    address = started(
        ["-m", "jobreport", "form", "--no-browser"], folder, r"http://127\.0\.0\.1:\d+/\?token=\S+", TMPDIR=str(folder)
    )
    yield address, folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def lab(started, tmp_path_factory):
    """A function: name of a notebook to its address in JupyterLab, on a copy of the project with fewer answers."""
    import pandas as pd

    root = tmp_path_factory.mktemp("lab")
    for name in ("notebooks", "params", "data"):
        shutil.copytree(PROJECT / name, root / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    answers = pd.read_parquet(root / "data" / "demo" / "responses.parquet")
    places = ["183", "187", *sorted(set(answers["municipality_code"]) - {"183", "187"})[:10]]
    answers[answers["municipality_code"].isin(places)].to_parquet(root / "data" / "demo" / "responses.parquet")
    demo = root / "params" / "demo.yml"
    demo.write_text(
        demo.read_text(encoding="utf-8").replace("invited: data/demo/invited.csv", "invited: null"), encoding="utf-8"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["-m", "jupyterlab", "--no-browser", f"--port={port}", "--IdentityProvider.token=test"]
    words += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    where = {"JUPYTER_CONFIG_PATH": str(root / "notebooks" / ".jupyter"), "JUPYTER_CONFIG_DIR": str(root / "own")}
    started(words, root, rf"http://127\.0\.0\.1:{port}/lab", **where)
    return lambda name: f"http://127.0.0.1:{port}/lab/tree/notebooks/{name}?token=test", root


def status(address):
    """What the server says to somebody without the token, who follows no redirection."""
    opener = urllib.request.build_opener(_NoRedirection)
    try:
        return opener.open(address.split("?")[0], timeout=60).status
    except urllib.error.HTTPError as refused:
        return refused.code


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


@pytest.fixture(scope="session")
def without_token():
    return status
