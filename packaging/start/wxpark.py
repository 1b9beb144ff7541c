"""Entry point of the frozen console tool."""

import sys

from wxpark_gui.cli import main

sys.exit(main())
