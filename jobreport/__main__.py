"""``python -m jobreport``, where the script is not installed or may not be started, and what the script starts."""

import atexit
import contextlib
import os
import sys
import threading
from typing import NoReturn

from jobreport.desk.cli import main


def command() -> NoReturn:
    """Run the command line and end with its exit code.

    Python would take apart, one by one, what two thousand modules hold; the system takes it back at once.
    """
    code = main()
    if all(thread.daemon or thread is threading.main_thread() for thread in threading.enumerate()):
        atexit._run_exitfuncs()
        with contextlib.suppress(OSError, ValueError):  # nobody reads it any more: Python says so in its own way
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    command()
