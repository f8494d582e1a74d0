"""Let kernels of JupyterLab speak where nobody else listens.

What a kernel says at a port any user of the machine may hear; the sockets of a private folder are nobody else's.
Windows has none of the kind, and a system refuses one whose name has more letters than this.
"""

import os
import sys
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

c = get_config()  # noqa: F821 - Jupyter gives it
longest = Path(jupyter_runtime_dir()) / f"kernel-{'0' * 36}-ipc-5"
if sys.platform != "win32" and len(os.fsencode(longest)) <= 103:
    c.KernelManager.transport = "ipc"
