"""Entry point of the frozen window."""

import sys

from wxpark_gui.app import main

sys.exit(main())
