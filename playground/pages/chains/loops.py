"""The view "Why networks loop": maps of the plane, and the hidden states of a language model along
a greedy and a drawn text."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from playground import decoding, markov
from playground.decoding.settings import DecodingSettings
from playground.i18n import t
from playground.markov.recurrence import (
    loop_period,
    principal_projection,
    recurrence_matrix,
    token_period,
)
from playground.pages import gate, ngram_models
from playground.pages.chains import parsing
from playground.parameters import LARGEST_SEED

# world -> slider: (name in words, lowest, highest, step, first value); the names are the arguments
# of markov.dynamics.WORLDS
SLIDERS = {
    "contraction": {"rate": ("rate", 0.1, 0.98, 0.02, 0.8), "angle": ("turn", 0.0, 3.0, 0.1, 0.6)},
    "limit cycle": {
        "period": ("points", 2, 9, 1, 5),
        "pull": ("pull", 0.05, 0.6, 0.05, 0.3),
        "lock": ("lock", 0.0, 0.9, 0.1, 0.2),
    },
    "near-isometry": {"strength": ("strength", 0.01, 0.5, 0.01, 0.05)},
    "chaos": {"a": ("a", 0.1, 1.4, 0.02, 1.4), "b": ("b", 0.0, 0.4, 0.02, 0.3)},
}
STEPS = 240
RESOLUTION = 48
FIRST_TEXT = "the brown fox"
# of the first network, which writes fairy tales: the first of these whose greedy run closes a loop
# is shown, whatever the weights
FIRST_PROMPTS = (
    "the bird sang, and",
    "the sun, the moon, the sun,",
    "in the forest there lived a",
    "once upon a time there was a",
    "round and round and round",
)
DEFAULT = {
    "plane": {
        "world": "limit cycle",
        "values": {name: one[4] for name, one in SLIDERS["limit cycle"].items()},
        "start": [0.3, 0.1],
    },
    "text": {
        "model": "ngram/fox/1/word",
        "text": FIRST_TEXT,
        "length": 40,
        "seed": 1,
        "temperature": 1.0,
    },
    "part": "plane",  # of the view that a link is about: its step is on view
}
PARTS = ("plane", "text")
LONGEST_TEXT = (
    160  # tokens of prompt and continuation together: the recurrence plot is that many squared
)


def read_plane(draft: dict) -> tuple[str, tuple, list[float]]:
    world = parsing.choice(draft["world"], "world", tuple(SLIDERS))
    given = draft.get("values") or {}
    if not isinstance(given, dict):
        raise ValueError(f"values must be an object, got {parsing.short(given)}")
    values = []
    for name, (_, low, high, step, first) in SLIDERS[world].items():
        value = parsing.real(given.get(name, first), name, low, high)
        values.append((name, int(value) if isinstance(step, int) else round(value, 6)))
    start = draft.get("start", [0.3, 0.1])
    if not isinstance(start, list) or len(start) != 2:
        raise ValueError(f"start must be two numbers, got {parsing.short(start)}")
    return world, tuple(values), [parsing.real(value, "start", -10, 10) for value in start]


@lru_cache(maxsize=256)
def _landscape(world: str, values: tuple) -> dict:

    plane = markov.dynamics.WORLDS[world](**dict(values))
    ground = markov.dynamics.basins(plane, RESOLUTION, 150)
    fixed = [one.record() for one in markov.dynamics.fixed_points(plane, grid=8)]
    neutral = sum(one["kind"] == "neutral" for one in fixed)
    return {
        "box": list(plane.box),
        "explanation": plane.explanation,
        "resolution": RESOLUTION,
        "labels": ground["labels"].ravel().tolist(),
        "attractors": [
            parsing.plain_record(one) for one in ground["attractors"] if one["period"] > 1
        ],
        "fixed": [parsing.plain_record(one) for one in fixed[:12]],
        "continuum": neutral > 3,
    }


def landscape(draft: dict) -> dict:
    """Basins on a grid, fixed points and attracting cycles: what does not depend on where one
    starts."""
    world, values, _ = read_plane(draft)
    return _landscape(world, values)


def orbit(draft: dict) -> dict:
    """240 steps from the start: the path, the spectral radius of each step's Jacobian and of their
    product, how it ends."""

    world, values, start = read_plane(draft)
    plane = markov.dynamics.WORLDS[world](**dict(values))
    path = plane.orbit(start, STEPS)
    path = path[np.isfinite(path).all(axis=1)]
    along = markov.dynamics.stability_along(plane, path)
    gone = len(path) <= STEPS
    end = (
        {"kind": "escaped", "period": None, "points": []}
        if gone
        else markov.dynamics.settle(plane, path[-1], transient=0, longest=24, tolerance=1e-4)
    )
    return {
        "path": path.tolist(),
        "radius": parsing.plain(along["spectral_radius"]),
        "norm": parsing.plain(along["norm"]),
        "log_product": parsing.plain(along["product_radius"]),
        "growth": parsing.plain(along["growth"]),
        "end": end,
        "said": _end(plane, end, along),
    }


def _end(plane, end: dict, along: dict) -> str:

    growth = float(along["growth"][0]) if len(along["growth"]) else 0.0
    if end["kind"] == "escaped":
        return "This orbit runs away: no loop, nothing that holds it."
    if end["period"]:
        cycle = markov.dynamics.describe_cycle(plane, np.array(end["points"]))
        radius = float(np.abs(cycle.multipliers).max())
        what = "a fixed point" if end["period"] == 1 else f"a cycle of {end['period']} points"
        verdict = (
            "below 1: small disturbances die out, the loop holds itself"
            if radius < 1 - 1e-6
            else "1: to first order it neither attracts nor repels"
            if radius < 1 + 1e-6
            else "above 1: the slightest push leaves it"
        )
        return f"It ends in {what}. The product of the Jacobians around it has spectral radius {_close_to_one(radius)}: {verdict}."
    if growth > 0.01:
        return f"No period up to 24: neighbours part by a factor of {np.exp(growth):.3g} a step on average (growth rate {growth:.3g} nats, positive: chaos)."
    if growth < -0.01:
        return f"No period up to 24 so far; neighbours come closer (growth rate {growth:.3g} nats a step): it is still on its way."
    return f"No period up to 24 so far; neighbours keep their distance (growth rate {growth:.3g} nats a step)."


def _close_to_one(radius: float) -> str:
    """Four digits, or as many as it takes to tell it from 1."""
    digits = 4 if abs(radius - 1) <= 1e-6 else max(4, math.ceil(-math.log10(abs(radius - 1))) + 1)
    return f"{radius:.{digits}g}"


def plane(draft: dict) -> dict:
    return {"landscape": landscape(draft), "orbit": orbit(draft)}


# the real thing
# --------------------------------------------------------------------------------------------------


def read_text(draft: dict) -> tuple[str, str, int, int, float]:
    name, text = draft["model"], draft["text"]
    if not isinstance(name, str) or not isinstance(text, str):
        raise ValueError(
            f"model and text must be strings, got {parsing.short(name)} and {parsing.short(text)}"
        )
    if not text.strip():
        raise ValueError(t("The text is empty: type a few words for the model to go on from."))
    if len(text) > 4000:
        raise ValueError(f"text must have 1 to 4000 characters, got {len(text)}")
    return (
        name,
        text,
        parsing.whole(draft.get("length", 40), "length", 0, 120),
        parsing.whole(draft.get("seed", 1), "seed", 0, LARGEST_SEED),
        parsing.real(draft.get("temperature", 1.0), "temperature", 0.1, 5),
    )


def states(draft: dict, model) -> dict:
    """Both runs of one model from one text: tokens, hidden states in one plane (PCA of the greedy
    run), who resembles whom, periods."""

    _, text, length, seed, temperature = read_text(draft)
    ids = list(model.encode(text))
    if not 1 <= len(ids) <= LONGEST_TEXT - length:
        raise ValueError(
            f"text must have 1 to {LONGEST_TEXT - length} tokens when {length} more are written, got {len(ids)}"
        )
    greedy = _run(
        model,
        ids,
        DecodingSettings(max_new_tokens=max(1, length), do_sample=False) if length else None,
    )
    drawn = _run(
        model,
        ids,
        DecodingSettings(
            max_new_tokens=max(1, length), do_sample=True, seed=seed, temperature=temperature
        )
        if length
        else None,
    )
    flat = principal_projection(greedy["states"])
    for run in (greedy, drawn):
        run["path"] = flat.project(run.pop("states")).round(5).tolist()
    return {
        "prompt_length": len(ids),
        "greedy": greedy,
        "drawn": drawn,
        "shares": parsing.plain(flat.shares),
    }


def first_loop(draft: dict, model) -> dict:
    """{"draft", "figures"} of the first prompt of FIRST_PROMPTS whose greedy run closes a loop
    while the drawn one does not; else of the first."""
    tried = []
    for prompt in FIRST_PROMPTS:
        wish = {**draft, "text": prompt}
        tried.append({"draft": wish, "figures": states(wish, model)})
        greedy, drawn = (tried[-1]["figures"][run] for run in ("greedy", "drawn"))
        if (
            greedy["token_period"]["period"]
            and greedy["state_period"]["period"]
            and not drawn["token_period"]["period"]
        ):
            return tried[-1]
    return tried[0]


def _run(model, ids: list[int], settings) -> dict:

    made = [step.token_id for step in decoding.generate(model, ids, settings)] if settings else []
    whole = [*ids, *made]
    hidden = model.hidden_states(whole)
    hidden = np.asarray(
        hidden.detach().float().cpu() if hasattr(hidden, "detach") else hidden, dtype=np.float64
    )
    similarity = recurrence_matrix(hidden, centred=True)
    found, exact = loop_period(similarity, 0.9), token_period(whole)
    return {
        "states": hidden,
        "pieces": [str(piece) for piece in decoding.text_pieces(model.decode, whole)],
        "similarity": (similarity * 100).round().astype(int).ravel().tolist(),
        "length": len(whole),
        "state_period": found,
        "token_period": exact,
        "said": _said(found, exact, len(whole)),
    }


def _said(found: dict, exact: dict, length: int) -> str:
    if found["period"] and exact["period"]:
        same = (
            "the same as the tokens’ own"
            if found["period"] == exact["period"]
            else f"the tokens repeat every {exact['period']}"
        )
        return (
            f"A loop: from token {found['start'] + 1} on every state resembles the one {found['period']} tokens earlier "
            f"(mean cosine {found['similarity']:.3f}); period {found['period']}, {same}. In the plot: stripes parallel to the diagonal, {found['period']} apart."
        )
    if exact["period"]:
        return f"The tokens repeat with period {exact['period']}; the states are still on their way (every lap lies in a longer context)."
    if found["period"]:
        return f"The states nearly repeat with period {found['period']} while the tokens do not."
    return "No loop: no stripe runs on to the end of the plot."


# what the page holds of it
# ------------------------------------------------------------------------------------------------


def figures(draft: dict) -> dict:
    """Both parts for a value of the widget, from n-gram models alone; `ask` where a model of the
    backend must be asked by the browser."""
    if not isinstance(draft.get("plane"), dict) or not isinstance(draft.get("text"), dict):
        raise ValueError("plane and text must be objects")
    read_text(draft["text"])
    parsing.choice(draft["part"], "part", PARTS)
    name = draft["text"]["model"]
    own = name.startswith("ngram/fox/")
    return {
        "plane": plane(draft["plane"]),
        "text": states(draft["text"], ngram_models.causal(name)) if own else None,
        "ask": not own,
    }


class Models:
    """The models of the backend for this view: what there is, and whether one is ready."""

    def __init__(self, app) -> None:
        self.app, self.first, self.coming = app, None, True

    def choices(self) -> list[list[str]]:
        listed = [
            [entry.title, entry.id]
            for entry in self.app.backend().catalog()
            if entry.kind == "causal" and entry.listed
        ]
        return [*listed, *(list(pair) for pair in ngram_models.choices())]

    def offered(self, _draft=None) -> dict:
        """{"models": [[label, name]], "first": the first network's runs with their draft, or None,
        "coming": whether it may still come}."""
        try:
            return {"models": self.choices(), "first": self.first, "coming": self.coming}
        except (ImportError, RuntimeError) as error:
            return {
                "models": [list(pair) for pair in ngram_models.choices()],
                "first": None,
                "coming": False,
                "error": str(error),
            }

    def warm(self) -> None:
        """The first network's runs, once for everybody: what the view shows instead of the n-gram
        as soon as there is a network."""
        try:
            names = [name for _, name in self.choices() if not ngram_models.knows(name)]
            if not names or not self.app.backend().status(names[0]).get("on_disk", True):
                return  # the first visitor who asks for it starts the download, not the server
            with self.app.backend().causal(names[0]) as model:
                self.first = first_loop({**DEFAULT["text"], "model": names[0], "length": 60}, model)
        finally:
            self.coming = False

    def state_of(self, sent: dict) -> str:
        """The draft of a text sent by another page (see `Shell.receive`), packed for a link."""
        name, text = str(sent.get("model") or ""), str(sent.get("prompt") or "")
        ids = sent.get("ids")
        if isinstance(ids, list) and ids and all(isinstance(token, int) for token in ids):
            try:
                model = (
                    ngram_models.causal(name)
                    if ngram_models.knows(name)
                    else self.app.backend().causal(name)
                )
                text = model.decode(ids)
                model.close()
            except (ValueError, RuntimeError):
                pass  # the prompt alone, then
        draft = {**DEFAULT["text"], "model": name, "text": text or FIRST_TEXT}
        read_text(draft)
        return parsing.packed({"text": draft}, DEFAULT)

    def states(self, draft) -> dict:
        """For the widget: {"ok": True, ...}, {"ok": False, "error"} or, while a model is being
        fetched, "pending" too."""
        if not isinstance(draft, dict):
            return {"ok": False, "error": f"draft must be an object, got {parsing.short(draft)}"}
        try:
            name, *_ = read_text(draft)
            if ngram_models.knows(name):
                return {"ok": True, **states(draft, ngram_models.causal(name))}
            return self._of_backend(name, draft)
        except (ValueError, KeyError, RuntimeError) as error:
            return {
                "ok": False,
                "error": f"{error.args[0]} is missing"
                if isinstance(error, KeyError)
                else str(error),
            }

    def _of_backend(self, name: str, draft: dict) -> dict:
        backend = self.app.backend()
        status = backend.prepare(name)
        if status["state"] in ("downloading", "loading"):
            done = (
                f" ({status['done'] / 1e6:.0f} of {status['total'] / 1e6:.0f} MB)"
                if status.get("total")
                else ""
            )
            return {"ok": False, "pending": True, "error": f"{name} is {status['state']}{done}…"}
        if status["state"] == "failed":
            return {"ok": False, "error": status["message"]}
        with gate.question(backend, "chains", name):
            model = backend.causal(name)
            try:
                return {"ok": True, **states(draft, model)}
            finally:
                model.close()
