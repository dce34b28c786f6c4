"""`python -m zagumi` is the command `zagumi`."""

import sys

from zagumi.cli import main

if __name__ == "__main__":
    sys.exit(main())
