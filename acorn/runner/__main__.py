"""`python3 -m acorn.runner`: see cli.py."""

import sys

from acorn.runner.cli import main

sys.exit(main(sys.argv[1:]))
