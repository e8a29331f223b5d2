"""Modules become one script that loads nothing."""

import pytest

from playground.takeaway.bundle import bundled
from playground.web import WebFiles


def files(tmp_path, **texts):
    for name, text in texts.items():
        path = tmp_path / (name.replace("__", "/") + ".js")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return WebFiles(tmp_path)


def test_what_is_imported_comes_first_and_once(tmp_path):
    given = files(
        tmp_path,
        a__main='import { two as deux, one } from "../b/lib.js";\nimport { one as again } from "../b/lib.js";\n'
        "export const sum = () => one + deux() + again;\n",
        b__lib="export const one = 1;\nexport function two() {\n  return 2;\n}\nexport class Three {}\n",
    )
    script = bundled("a/main.js", given)
    assert "import" not in script and "export" not in script
    assert script.index('all["b/lib.js"]') < script.index('all["a/main.js"]')
    assert script.count("const one = 1;") == 1
    assert 'const { two: deux, one } = all["b/lib.js"];' in script
    assert "return { one, two, Three };" in script


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('import { x } from "./gone.js";\n', "no module 'gone.js'"),
        ('import { x } from "./main.js";\nexport const x = 1;\n', "circle: main.js -> main.js"),
        ('import * as all from "./main.js";\n', "cannot be bundled"),
        ("export default 1;\n", "cannot be bundled"),
        ("const x = 1;\nexport { x };\n", "cannot be bundled"),
    ],
)
def test_what_cannot_be_bundled_is_said(tmp_path, text, says):
    with pytest.raises(ValueError, match=says):
        bundled("main.js", files(tmp_path, main=text))


def test_the_player_of_a_canvas_can_be_bundled():
    script = bundled("views/diffusion/unmask.js")
    assert 'all["core/translate.js"]' in script and "</script" not in script.lower()
