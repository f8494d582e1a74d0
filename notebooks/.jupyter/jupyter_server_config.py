"""Let kernels of JupyterLab speak where nobody else listens, and keep what is typed where nobody else reads.

What a kernel says at a port any user of the machine may hear; the sockets of a private folder are nobody else's.
Windows has none of the kind, and a system refuses one whose name has more letters than this.
IPython keeps a history of what was typed, in a folder that is made its owner's alone.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

from IPython.paths import get_ipython_dir
from jupyter_core.paths import jupyter_runtime_dir

c = get_config()  # noqa: F821 - Jupyter gives it
longest = Path(jupyter_runtime_dir()) / f"kernel-{'0' * 36}-ipc-5"
if sys.platform != "win32" and len(os.fsencode(longest)) <= 103:
    c.KernelManager.transport = "ipc"
with suppress(OSError):  # (a home that nobody can write to keeps nothing)
    history = Path(get_ipython_dir())
    history.mkdir(mode=0o700, parents=True, exist_ok=True)
    history.chmod(0o700)
