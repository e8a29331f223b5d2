"""The package that `pip install .` makes: its requirements, its files, its command."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from playground.paths import find_assets

ROOT = Path(__file__).parents[1]


def project() -> dict:
    tomllib = pytest.importorskip("tomllib")  # Python 3.11 and later
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def listed(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith(("#", "-r"))}


def test_spaces_and_the_package_ask_for_the_same():
    assert set(project()["dependencies"]) == listed("requirements.txt")
    extras = project()["optional-dependencies"]
    assert set(extras["cluster"]) == listed("requirements-cluster.txt")


def test_assets_are_found_beside_the_package_and_inside_it(tmp_path):
    package = tmp_path / "playground"
    (package / "assets").mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match="neither beside nor in"):
        find_assets(package)
    (package / "assets" / "style.css").touch()
    assert find_assets(package) == package / "assets"
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "style.css").touch()
    assert find_assets(package) == tmp_path / "assets"


def test_the_wheel_carries_assets_and_the_command(tmp_path):
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "-q",
        "-w",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True, timeout=280)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry = next(name for name in names if name.endswith("entry_points.txt"))
        assert "playground = playground.__main__:main" in archive.read(entry).decode()
    tracked = subprocess.run(
        ["git", "ls-files", "assets", "playground"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    wanted = {
        f"playground/{name}" if name.startswith("assets") else name for name in tracked if name
    }
    assert wanted <= names, f"missing in the wheel: {sorted(wanted - names)[:5]}"
    assert not [name for name in names if name.endswith((".pyi", ".pyc"))]


def test_the_installed_command_serves_from_another_folder(tmp_path):
    """The wheel alone, in front of the path and away from the checkout, answers with its own
    files."""
    build = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "-q",
        "--target",
        str(tmp_path / "site"),
        str(ROOT),
    ]
    subprocess.run(build, check=True, timeout=280)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import playground.paths as paths;"
        "from playground.pages.shell import build_app; build_app();"
        "from playground.backend.catalog import MODELS; print(paths.ASSETS); print(MODELS)"
    )
    out = subprocess.run(
        [sys.executable, "-P", "-c", program, str(tmp_path / "site")]
        if sys.version_info >= (3, 11)
        else [sys.executable, "-c", program, str(tmp_path / "site")],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
        timeout=280,
    ).stdout.split("\n")
    assert Path(out[0]) == tmp_path / "site" / "playground" / "assets"
    assert (Path(out[1]) / "fairy-causal" / "config.json").is_file()
