"""Where the frozen window begins."""

import sys

from wxpark_gui.app import main

sys.exit(main())
