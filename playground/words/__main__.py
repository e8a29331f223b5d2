"""Keys and tables of the interface's words.

python -m playground.words check            what is missing, dead or wrong in each table; ends with 1 if anything is
python -m playground.words collect ADDRESS  the keys from the sources and from the pages of a running app, into keys.json
python -m playground.words missing de       the keys that a table lacks, as JSON to fill in
"""

from __future__ import annotations

import json
import re
import sys

from playground.words import LANGUAGES, TABLES, faults, keys, table


def save_keys(found: dict[str, str]) -> None:
    text = json.dumps(
        dict(sorted(found.items(), key=lambda one: (one[0].lower(), one[0]))),
        ensure_ascii=False,
        indent=0,
    )
    (TABLES / "keys.json").write_text(text + "\n", encoding="utf-8")


def collect(address: str) -> None:
    """Static keys and what the browser sees; texts of not-words.json are left out."""
    from playwright.sync_api import sync_playwright

    from playground.pages import PAGES
    from playground.words.crawl import browser_path
    from playground.words.crawl import collect as crawl
    from playground.words.extract import left_out, wanted_words

    found = wanted_words()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(60_000)
        seen = crawl(page, address.rstrip("/") + "/", list(PAGES), {key: key for key in found})
        browser.close()
    for key, place in seen.items():
        if not left_out(key):
            found.setdefault(
                key,
                f"{place['page']}: {place['around']}" if place["around"] != key else place["page"],
            )
    for (
        key,
        place,
    ) in (
        keys().items()
    ):  # a text of a page may not have come up this time: it stays until somebody takes it out
        if not re.match(r"[a-z]+(/.*)?\.(py|js)$", place) and not left_out(key):
            found.setdefault(key, place)
    save_keys(found)
    print(f"{len(found)} keys, {len(seen)} of them from the pages alone")


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["collect"] and len(arguments) == 2:
        collect(arguments[1])
        return 0
    if arguments[:1] == ["missing"] and len(arguments) == 2:
        have = table(arguments[1])
        print(
            json.dumps({key: "" for key in keys() if key not in have}, ensure_ascii=False, indent=0)
        )
        return 0
    if arguments == ["check"]:
        wrong = {language: faults(language) for language in LANGUAGES if language != "en"}
        for language, found in wrong.items():
            print(f"{language}: {len(found)} faults of {len(keys())} keys")
            for fault in found[:40]:
                print("  ", fault)
        return int(any(wrong.values()))
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
