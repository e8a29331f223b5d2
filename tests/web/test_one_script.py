"""Modules as one script: what each imports stands before it, scopes stay apart, and what cannot be
joined is refused."""

import pytest

from playground.web import WebFiles
from playground.web.one_script import one_script, order_of

MODULES = {
    "a.js": """// @ts-check
import { name as other, twice } from "./deep/b.js";
import {
  LONG,
} from "./c.js";

/** Says it. @param {string} x */
export function said(x) {
  const name = /** @type {any} */ (x); // of this module alone
  return `${twice(other)} ${name} ${LONG} // no comment`;
}
window.said = said("x");
""",
    "deep/b.js": 'export const name = "b";\nexport async function later() {}\nexport class Two {}\n'
    'import { LONG } from "../c.js";\nexport const twice = (x) => x + x + LONG;\n',
    "c.js": 'const name = "hidden";\nawait null;\nexport const LONG = name.length;\n',
}


def files(tmp_path, modules):
    for name, text in modules.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return WebFiles(tmp_path)


def test_a_browser_runs_it_as_it_would_the_modules(blank, tmp_path):
    script = one_script(files(tmp_path, MODULES), "a.js")
    assert "@ts-check" not in script and "Says it" not in script and "@type" not in script
    blank.add_script_tag(content=script, type="module")
    blank.wait_for_function("() => window.said")
    assert blank.evaluate("() => window.said") == "bb6 x 6 // no comment"


def test_each_module_stands_once_behind_what_it_imports(tmp_path):
    assert order_of(files(tmp_path, MODULES), "a.js") == ["c.js", "deep/b.js", "a.js"]


@pytest.mark.parametrize(
    "text",
    [
        'import "./a.js";',
        "export default 1;",
        'export { x } from "./b.js";',
        'import x from "./b.js";',
        "export let x = 1;",
        "const x = import.meta.url;",
        'await import("./b.js");',
        "const x = '</script>';",
        'import { x } from "./missing.js";',
    ],
)
def test_what_cannot_be_joined_is_refused(tmp_path, text):
    with pytest.raises(ValueError, match=r"a\.js|missing\.js"):
        one_script(files(tmp_path, {"a.js": text + "\n", "b.js": "export const x = 1;\n"}), "a.js")
