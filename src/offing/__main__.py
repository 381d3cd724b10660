"""``python -m offing`` is the command line."""

from offing.cli.main import main

if __name__ == "__main__":
    main()
