"""`python -m poetcore` runs the command line."""

from poetcore.cli import main

if __name__ == "__main__":
    main()
