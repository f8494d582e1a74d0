"""The form's server answers one person on this machine, and no page of anybody else."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from jobreport.desk.form import server
from jobreport.errors import InputRefused

PROJECT = Path(__file__).parents[3]


def test_every_start_has_a_cookie_secret_of_its_own():
    first, second = (server._settings(8866, "token", server.LOOPBACK, open_browser=False) for _ in range(2))
    assert first.Voila.cookie_secret != second.Voila.cookie_secret
    assert len(first.Voila.cookie_secret) == 32


def test_the_folder_of_the_page_is_there():
    paths = server._environment("somewhere", "da")["JUPYTER_PATH"].split(os.pathsep)
    assert (Path(paths[0]) / "voila" / "templates" / "jobreport" / "index.html.j2").is_file()


@pytest.mark.dear
def test_kernels_of_the_form_keep_no_history_and_what_ipython_writes_goes_with_the_folder(tmp_path):
    server._without_history(tmp_path)
    assert server._environment(str(tmp_path), "da")["IPYTHONDIR"] == str(tmp_path)
    asked = "print(get_ipython().history_manager.enabled)"
    words = [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "-c", asked]
    done = subprocess.run(words, env={**os.environ, "IPYTHONDIR": str(tmp_path)}, capture_output=True, text=True)
    assert done.stdout.strip() == "False"


@pytest.mark.dear
def test_a_server_imports_nothing_that_only_its_pages_need():
    words = [sys.executable, "-c", "import sys, jobreport.desk.form.server; print('pandas' in sys.modules)"]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip() == "False"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Address of a running form, with its token."""
    pytest.importorskip("voila", reason="JupyterLab's packages are not installed (extra 'lab')")
    words = [sys.executable, "-m", "jobreport", "form", "--no-browser"]
    started = subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield next(line.strip() for line in started.stdout if line.startswith("http://"))
    finally:
        started.send_signal(signal.SIGINT)
        started.wait(30)
        started.stdout.close()


@pytest.mark.dear
def test_no_page_frames_the_form_and_no_cookie_leaves_with_a_foreign_link(address):
    answer = httpx.get(address, timeout=60)
    assert answer.status_code == 200
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    cookies = answer.headers.get_list("Set-Cookie")
    assert cookies
    assert all("SameSite=Strict" in cookie for cookie in cookies if "username" in cookie)


@pytest.mark.dear
def test_another_name_for_this_machine_is_not_answered(address):
    answer = httpx.get(address, timeout=60, headers={"Host": "form.example.org"})
    assert answer.status_code == 403
    assert httpx.get(address.split("?")[0], timeout=60).status_code in (302, 403)


@pytest.mark.parametrize("token", [None, "", "kort"])
def test_a_form_that_others_can_reach_is_refused_without_a_token(token, monkeypatch):
    if token is not None:
        monkeypatch.setenv(server.GATE, token)
    with pytest.raises(InputRefused, match=server.GATE):
        server.serve("da", None, print, host="0.0.0.0")
    assert server._told_token(server.LOOPBACK, "da") == ""


@pytest.mark.dear
def test_the_token_of_the_environment_opens_the_form_and_no_kernel_knows_it(monkeypatch):
    monkeypatch.setenv(server.GATE, "x" * server.SHORTEST)
    assert server._told_token("0.0.0.0", "da") == "x" * server.SHORTEST
    assert server.GATE not in server.os.environ
