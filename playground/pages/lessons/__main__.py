"""`python -m playground.pages.lessons [LANGUAGE]`: reads all lessons and courses of a language and
says what is wrong with them."""

from __future__ import annotations

import sys

from playground.pages.lessons.languages import differences


def main() -> int:
    problems, count = differences(sys.argv[1] if len(sys.argv) > 1 else "en")
    for problem in problems:
        print(problem)
    print(f"{count} files, {len(problems)} problems")
    return bool(problems)


if __name__ == "__main__":
    raise SystemExit(main())
