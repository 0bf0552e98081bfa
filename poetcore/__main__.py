"""`python -m poetcore` runs the command line."""

import sys

if __name__ == "__main__":
    try:
        from poetcore.cli.app import main
    except KeyboardInterrupt:
        sys.exit("Error: Stopped.")
    main()
