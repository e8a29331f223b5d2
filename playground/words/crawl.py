"""What the pages say: every page of a running app is opened in a browser, its parts unfolded and its buttons pressed, and words.js
collects the texts that are no key yet. Needs Playwright and a Chromium (tests/requirements.txt); used by `python -m playground.words`
and by the test that no key is missing.
"""

from __future__ import annotations

import os
import shutil
from typing import Any

FOLDED = "details:not([open]) > summary, button.label-wrap:not(.open), button[aria-expanded=false]"
# what leads away, copies, saves, asks for a file, or says nothing new
LEFT_ALONE = (
    "[role=tab]",
    "[role=option]",
    ".home-door",
    "[download]",
    "[data-part=link]",
    "[data-part=json]",
    "[data-part=csv]",
    "[data-part=escape]",
    ".canvas-words button",
    ".prose-token",
    "[aria-haspopup]",
    "#masthead button",
    "#masthead select",
    "[data-part=choose]",
    "[translate=no]",
    "[translate=no] *",
    "[data-part=qr]",
    "[data-part=save]",
    ".take-form",
)


def collect(
    page: Any,
    address: str,
    slugs: list[str],
    known: dict[str, str],
    presses: int = 60,
    pause: int = 120,
) -> dict[str, dict]:
    """{key: {"page", "where", "around"}} of the texts on the pages that `known` does not hold. `page` is Playwright's."""
    found: dict[str, dict] = {}
    for slug in slugs:
        page.goto(f"{address}?tab={slug}&lang=en", wait_until="commit")
        page.locator(f"#pages [role=tab][data-tab-id={slug}][aria-selected=true]").wait_for()
        page.evaluate(
            """async known => { await playgroundWords.learn(known); window.heard = playgroundWords.collect(); }""",
            known,
        )
        page.wait_for_timeout(1500)
        parts = page.locator(".tabitem .tab-wrapper [role=tab]:visible").all()
        for part in parts or [None]:
            if part is not None:
                page.evaluate(
                    "document.querySelectorAll('dialog[open]').forEach(one => one.close())"
                )
                part.click()
                page.wait_for_timeout(600)
            unfold(page)
            press(page, presses, pause)
            unfold(page)
            page.wait_for_timeout(1500)
        found.update(page.evaluate("() => Object.fromEntries(window.heard)"))
    return found


def browser_path() -> str | None:
    """Chromium's place: CHROMIUM, or what is installed."""
    return os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


def unfold(page: Any) -> None:
    for _ in range(3):
        if not page.evaluate(
            """folded => { let n = 0; for (const one of document.querySelectorAll(folded))
             if (one.offsetParent && !one.unfolded && !one.closest('#masthead')) { one.unfolded = true; one.click(); n++; } return n; }""",
            FOLDED,
        ):
            return
        page.wait_for_timeout(150)


def press(page: Any, most: int, pause: int) -> None:
    """Each visible button once, each choice of a select once, each rule under the pointer once."""
    page.evaluate(
        """async ([left, most, pause]) => {
      const rest = ms => new Promise(done => setTimeout(done, ms));
      for (let n = 0; n < most; n++) {
        const next = [...document.querySelectorAll('button, input[type=checkbox], input[type=radio], select, .link, [data-explanation]')].find(one =>
          one.offsetParent && !one.disabled && !one.pressed_once && !left.some(rule => one.matches(rule)));
        if (!next) break;
        next.pressed_once = true;
        for (const name of ['pointerenter', 'focusin', 'pointermove']) next.dispatchEvent(new Event(name, {bubbles: true}));
        if (next.localName === 'select') for (let i = 0; i < next.options.length; i++) {
          next.selectedIndex = i;
          for (const name of ['input', 'change']) next.dispatchEvent(new Event(name, {bubbles: true}));
          await rest(pause);
        } else if (next.localName !== 'div') next.click();
        await rest(pause);
        document.querySelectorAll('dialog[open]').forEach(one => one.close());
      }
    }""",
        [list(LEFT_ALONE), most, pause],
    )
