"""Where the frozen console tool begins."""

import sys

from wxpark_gui.cli import main

sys.exit(main())
