"""`python -m dramaturg`: the command line."""

import sys

from dramaturg.cli import main

sys.exit(main())
