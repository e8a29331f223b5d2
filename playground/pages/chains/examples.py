"""The examples of playground/markov/presets.py as the views take them: a slug for links, a title, a
start, a note to read."""

from __future__ import annotations

from playground.markov import presets


def _common(name: str, preset: dict) -> dict:
    title = name[0].upper() + name[1:].replace("/", ", ")
    return {
        "slug": name.replace("/", "-").replace(" ", "-"),
        "title": title,
        "states": preset["states"],
        "note": preset["explanation"],
    }


CHAINS = [
    {**_common(name, one), "transition": one["transition"], "start": one["initial"].index(1)}
    for name, one in presets.CHAINS.items()
]
RATES = [
    {**_common(name, one), "rates": one["rates"], "start": one["initial"].index(1)}
    for name, one in presets.RATES.items()
]
HIDDEN = [
    {
        **_common(name, one),
        **{
            key: one[key]
            for key in ("symbols", "initial", "transition", "emission", "observations")
        },
    }
    for name, one in presets.HIDDEN.items()
]
