"""The page that replays a run: one file, nothing from outside, no word that could end or start a
script. Its playing is tested in the browser."""

import base64
import hashlib
import html.parser
import json
import re

import pytest

from playground.pages.diffusion import files as diffusion
from playground.pages.generate import files as generate
from tests.takeaway.runs import (
    hostile_text_run,
    hostile_unmask_run,
    score_run,
    text_run,
    two_runs,
    unmask_run,
)

PAGES = {
    "text": lambda: generate.replay_page(text_run(), []),
    "score": lambda: generate.replay_page(score_run(), []),
    "unmask": lambda: diffusion.replay_page(unmask_run()),
    "two": lambda: diffusion.replay_page(two_runs()),
    "hostile text": lambda: generate.replay_page(hostile_text_run(), []),
    "hostile unmask": lambda: diffusion.replay_page(hostile_unmask_run()),
}


class Parts(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.scripts, self.inside = [], [], None

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag if tag in ("script", "style") else None
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts[-1] += data


@pytest.mark.parametrize("name", PAGES)
def test_the_file_is_whole_and_asks_nobody(name):
    text = PAGES[name]()
    page = Parts()
    page.feed(text)
    assert len(page.scripts) >= 2 and len(text) < 1_500_000
    assert not [
        attrs
        for _, attrs in page.tags
        if set(attrs) & {"src", "href", "action", "onerror", "onclick"}
        and not attrs.get("src", "").startswith("data:")
    ]
    assert "@import" not in text and all(
        address.startswith("data:") for address in re.findall(r"url\(\s*[\"']?([^\"')]*)", text)
    )
    policy = next(
        attrs["content"] for tag, attrs in page.tags if tag == "meta" and "http-equiv" in attrs
    )
    allowed = policy.partition("script-src ")[2].partition(";")[0].split()
    digests = [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in page.scripts[1:]
    ]
    modules = ["data:"] if len(digests) > 1 else []
    assert allowed == digests + modules and "default-src 'none'" in policy
    assert "img" not in [tag for tag, _ in page.tags]


@pytest.mark.parametrize(
    ("name", "make", "place"),
    [
        ("hostile text", hostile_text_run, lambda data: data["answers"]["opening"]["replay"]),
        ("hostile unmask", hostile_unmask_run, lambda data: json.loads(data["value"])["trace"]),
    ],
)
def test_the_data_in_the_file_is_the_run_word_for_word(name, make, place):
    page = Parts()
    page.feed(PAGES[name]())
    kept, run = place(json.loads(page.scripts[0])), make()
    assert "<" not in page.scripts[0]
    assert kept["model"] == run["model"] and [step["index"] for step in kept["steps"]] == [
        step["index"] for step in run["steps"]
    ]
    if run["kind"] == "decode":
        assert [step["text"] for step in kept["steps"]] == [step["text"] for step in run["steps"]]
    else:
        assert kept["start"]["words"] == run["start"]["words"]
