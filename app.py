"""The entry that Hugging Face Spaces starts; `playground/__main__.py` says what it does."""

from playground.__main__ import main
from playground.pages.shell import build_app, launch_settings

__all__ = ["build_app", "launch_settings", "main"]

if __name__ == "__main__":
    main()
