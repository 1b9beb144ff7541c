"""`python -m wxpark_gui` opens the window."""

import sys

from wxpark_gui.app import main

if __name__ == "__main__":
    sys.exit(main())
