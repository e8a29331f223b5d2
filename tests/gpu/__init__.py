"""The backend on a GPU: parity, speed and memory in one command, without the app. See `python -m
tests.gpu --help`."""
