"""``python -m jobreport``, where the script is not installed or may not be started."""

import sys

from jobreport.desk.cli import main

sys.exit(main())
