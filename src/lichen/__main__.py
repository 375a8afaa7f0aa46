"""The command `lichen`, also as `python -m lichen`: interrupted while still loading, it stops as it does later."""

import sys


def main() -> None:
    """Load the command line and run it; an interruption before it is there ends with status 3 and one line too."""
    try:
        from lichen.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Nothing was written.\n")
        sys.exit(3)


if __name__ == "__main__":
    main()
