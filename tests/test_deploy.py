"""What the app is put somewhere with: the Space's front matter, sizes for a plain push, the
Dockerfile against the requirements."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from playground.backend.catalog import CATALOG
from tests.benchmarks.dockerfile import copied, steps

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FRONT = yaml.safe_load(README.split("---\n")[1])
DOCKER = steps((ROOT / "Dockerfile").read_text(encoding="utf-8"))
REQUIRED = {
    line.strip()
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and line[0] != "#"
}


def test_the_front_matter_is_what_spaces_reads():
    known = {
        "title",
        "emoji",
        "colorFrom",
        "colorTo",
        "sdk",
        "sdk_version",
        "python_version",
        "app_file",
        "pinned",
        "license",
        "short_description",
        "tags",
        "models",
        "preload_from_hub",
        "suggested_hardware",
    }
    assert set(FRONT) == known
    assert (
        FRONT["sdk"] == "gradio"
        and (ROOT / FRONT["app_file"]).is_file()
        and FRONT["license"] == "apache-2.0"
    )
    assert {FRONT["colorFrom"], FRONT["colorTo"]} <= {
        "red",
        "yellow",
        "green",
        "blue",
        "indigo",
        "purple",
        "pink",
        "gray",
    }
    assert len(FRONT["short_description"]) <= 60
    assert FRONT["python_version"] in ("3.10", "3.12"), "ZeroGPU has these two"
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_space_and_the_requirements_name_one_gradio():
    low, high = re.fullmatch(
        r"gradio\[mcp\]>=(\d+\.\d+),<(\d+)",
        next(line for line in REQUIRED if line.startswith("gradio")),
    ).groups()
    major, minor, _ = FRONT["sdk_version"].split(".")
    assert f"{major}.{minor}" == low and int(major) + 1 == int(high)


def test_what_a_space_preloads_is_what_the_catalogue_offers():
    preloaded = [line.split()[0] for line in FRONT["preload_from_hub"]]
    assert preloaded == FRONT["models"] == ["HuggingFaceTB/SmolLM2-135M-Instruct"]
    places = {place.where for place in CATALOG[2].places if place.kind == "hub"}
    assert set(preloaded) == places


def test_the_requirements_are_content_with_the_torch_that_a_space_installs_first():
    first = (ROOT / "pre-requirements.txt").read_text(encoding="utf-8").splitlines()[-1]
    wanted = next(line for line in REQUIRED if line.startswith("torch>"))
    for version in ("2.8.0", "2.11.0"):
        assert SpecifierSet(first.removeprefix("torch")).contains(version)
        assert SpecifierSet(wanted.removeprefix("torch")).contains(version)
    assert not SpecifierSet(first.removeprefix("torch")).contains("2.12.0")


def test_every_file_fits_a_plain_push():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        if name and path.is_file():
            assert path.stat().st_size < 10_000_000, f"{name} has {path.stat().st_size:,} bytes"


def test_the_dockerfile_installs_the_requirements_and_nothing_else():
    runs = [rest for word, rest in DOCKER if word == "RUN"]
    named = re.findall(r'"(torch[^"]*)"', " ".join(runs))
    assert named == [next(line for line in REQUIRED if line.startswith("torch"))]
    assert "-r requirements.txt" in runs[0] and len(re.findall("pip install", " ".join(runs))) == 2
    base = next(rest for word, rest in DOCKER if word == "FROM")
    assert base == f"python:{FRONT['python_version']}-slim"
    environment = dict(
        pair.split("=", 1) for word, rest in DOCKER if word == "ENV" for pair in shlex.split(rest)
    )
    assert environment["HOST"] == "0.0.0.0" and environment["PORT"] == next(
        rest for word, rest in DOCKER if word == "EXPOSE"
    )
    assert [rest for word, rest in DOCKER if word == "CMD"][-1].startswith('["python"') and (
        "USER",
        "visitor",
    ) in DOCKER
    assert "docker build -t playground . && docker run -p 7860:7860 playground" in README


def test_what_the_dockerfile_copies_is_the_whole_app(tmp_path):
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for word, rest in DOCKER:
        if word == "COPY":
            assert not set(shlex.split(rest)[:-1]) & set(ignored)
            copied(rest, tmp_path)
    code = (
        "import app, sys; demo = app.build_app(); print(len(demo.blocks)); assert 'torch' not in "
        "sys.modules; import playground.takeaway.page, playground.backend.zero_gpu; from "
        "playground.backend import get_backend; "
        "print(get_backend().causal('fairy-causal').vocab_size)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr[-2000:]
