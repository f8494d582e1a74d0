"""A parent that has imported everything and forks a kernel on request; run as ``python -m jobreport.make.preloaded``.

It runs no cell itself, so every kernel begins from the same untouched state. Requests and answers are lines of JSON:

* ``{"start": CONNECTION_FILE, "folder": PATH, "environment": {...}}`` is answered by ``{"pid": 123}``;
* ``{"poll": 123}`` by ``{"exit": null}`` while the kernel runs, and by its exit code when it does not.

When the one who asks goes away, the parent and its kernels go too.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from typing import Any

from jobreport.domain.texts import LANGUAGES

INLINE = "module://matplotlib_inline.backend_inline"
COLUMNS_IN_A_KERNEL = 20


def preload() -> None:
    """Import what notebooks use, and set what these packages would otherwise have taken from a kernel around them."""
    os.environ["MPLBACKEND"] = INLINE
    import pandas as pd
    import pyarrow.feather  # noqa: F401 - imported for the kernels
    import seaborn  # noqa: F401 - imported for the kernels, which else would, each of them, where a figure is drawn
    from ipykernel import ipkernel, kernelapp  # noqa: F401 - imported for the kernels

    from jobreport import figures, tables, wording  # noqa: F401 - imported for the kernels
    from jobreport.page import fonts
    from jobreport.report import study  # noqa: F401 - imported for the kernels

    fonts.register_in_matplotlib()
    for language in LANGUAGES:
        wording.read_texts(language)
    pd.set_option("display.max_columns", COLUMNS_IN_A_KERNEL)  # outside a kernel pandas measures the terminal instead
    gc.collect()
    gc.freeze()  # a kernel that looked through all this for garbage would copy it page by page


def serve() -> None:
    """Answer requests until there are no more."""
    running: dict[int, BaseProcess] = {}
    try:
        for line in sys.stdin:
            _answer(_done(json.loads(line), running))
    except BrokenPipeError:  # the one who asked was killed before the answer
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    finally:  # a kernel that was left alive would be waited for at exit, and waits itself for this process to go
        for left in running.values():
            left.kill()


def _done(request: Mapping[str, Any], running: dict[int, BaseProcess]) -> dict[str, Any]:
    """Do what is asked, and return the answer."""
    if "start" in request:
        arguments = (request["start"], request["folder"], request["environment"])
        kernel = multiprocessing.get_context("fork").Process(target=_kernel, args=arguments)
        kernel.start()
        running[kernel.pid or 0] = kernel
        return {"pid": kernel.pid}
    found = running.get(request["poll"])
    code = None if found is None else found.exitcode
    if code is not None:
        running.pop(request["poll"])
    return {"exit": code if found is not None else -1}


def _answer(content: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def _kernel(connection_file: str, folder: str, environment: Mapping[str, str]) -> None:
    """Become a kernel: a session, streams, environment and folder of its own."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nowhere, stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    IPKernelApp.launch_instance(["-f", connection_file])


if __name__ == "__main__":
    preload()
    serve()
