"""The parts of the page in their order: each is a widget and what answers it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.backend.catalog import offered
from playground.i18n import t
from playground.pages import run as runs
from playground.pages.compare.links import GENERAL, REPEATING, controls, start
from playground.pages.compare.recorded import link, measured_rewards, opening
from playground.pages.compare.stream import answer, later, run_events
from playground.widgets import compare_widgets
from playground.widgets.widget import called


def models_of(kind: str = "causal") -> list[list[str]]:
    """[[id, title]] of the models on offer."""

    return [[entry.id, entry.listed_as] for entry in offered().values() if entry.kind == kind]


def say(words: str) -> None:
    gr.Markdown(words)


def made(app: Any, kind: str, part: str, functions: list | tuple = (), **more: Any) -> Any:
    """The part's widget, with its link and its first state: see `links` and `recorded`."""

    own = [called("opened", opening(part)), called("link", link(part))]
    return getattr(compare_widgets, kind)(
        None,
        elem_id=f"compare-{part}",
        models=models_of(),
        start=start(part),
        rules=controls(),
        server_functions=[*own, *runs.functions(), *functions],
        **more,
    )


def strategies(app: Any) -> None:
    say(
        t(
            "Greedy takes the likeliest token, beam search the likeliest text it can find, "
            "sampling what the dice say. Give each column its rules, write them all in one batch, "
            "and see what you pay for what."
        )
    )
    run_events(app, made(app, "CompareStrategies", "strategies"), later("strategies", "run"))


def beams(app: Any) -> None:
    say(
        t(
            "Beam search keeps the few best beginnings and cuts the rest, round after round. It "
            "usually finds likelier texts than greedy does, and often duller ones. Minimum Bayes "
            "risk asks something else: which of many samples do the others agree with?"
        )
    )
    run_events(app, made(app, "CompareBeams", "beams"), later("beams", "run"))


def scores(app: Any) -> None:
    say(
        t(
            "Three scores by which texts are judged, with nothing hidden: change a word and see "
            "which number moves."
        )
    )
    made(
        app,
        "CompareScores",
        "scores",
        [
            answer(app, "measure", later("scores", "measure")),
            answer(app, "perplexity_of", later("scores", "perplexity_of")),
        ],
    )


def contexts(app: Any) -> None:
    say(
        t(
            "The next token depends on all that stands before it. Put a sentence in front and see "
            "which words rise and which fall; or ask two models the same."
        )
    )
    made(
        app,
        "CompareContexts",
        "contexts",
        [answer(app, name, later("contexts", name)) for name in ("two_prompts", "two_models")],
        example=[
            GENERAL,
            "The capital of California is",
            "Los Angeles is not the capital; Sacramento is. The capital of California is",
        ],
    )


def race(app: Any) -> None:
    say(
        t(
            "Two networks of the same size, trained on the same tales: one writes a token at a "
            "time, the other takes a blank page and reveals several words a step. Who is faster, "
            "and what does the haste cost?"
        )
    )
    run_events(app, made(app, "CompareRace", "race"), later("race", "run"), model="fairy-causal")


def drafts(app: Any) -> None:
    say(
        t(
            "Somebody cheap guesses the next few tokens, and the model reads all guesses in one "
            "pass: what it would have written with that chance stays, the first guess refused is "
            "drawn anew. Nothing changes in what is written, only in how many passes it takes."
        )
    )
    run_events(
        app,
        made(app, "CompareDrafts", "drafts", drafters=drafters_of()),
        later("drafts", "run"),
    )


def drafters_of() -> list[list[str]]:
    """[[id, title]] of the models that may draft, the one that needs none first."""
    return [[REPEATING, ""], *models_of("denoiser"), *models_of()]


def library(app: Any) -> None:
    say(
        t(
            "Is what stands on these pages what the library does? The same settings, run by "
            "transformers' own `model.generate` with its own copy of the weights, and by the "
            "playground."
        )
    )
    run_events(app, made(app, "CompareLibrary", "library"), later("library", "run"))


def forcing(app: Any) -> None:
    say(
        t(
            "A model is trained on other people's words and writes after its own. Take the given "
            "text away from some token on, and see how far it drifts."
        )
    )
    run_events(app, made(app, "CompareForcing", "forcing"), later("teacher_forcing", "run"))


def classifier(app: Any) -> None:
    say(
        t(
            "A model that only predicts the next word can sort texts: ask it a question, and "
            "compare the probabilities of the answers."
        )
    )
    run_events(app, made(app, "CompareClassifier", "classifier"), later("classifier", "run"))


def people(app: Any) -> None:
    say(
        t(
            "Which text do people like better? Judge pairs without knowing which strategy wrote "
            "which. Your judgements stay in this browser."
        )
    )
    run_events(
        app,
        made(app, "ComparePeople", "people", [answer(app, "tally", later("people", "tally"))]),
        later("strategies", "run"),
    )


def sweep(app: Any) -> None:
    say(
        t(
            "One setting is an anecdote. Sweep over a grid of them, with several seeds at each "
            "point, and take the table away."
        )
    )
    run_events(app, made(app, "CompareSweep", "sweep"), later("sweep", "run"))


def masking(app: Any) -> None:
    say(
        t(
            "A text can be forced into a form by cutting, at each step, the words that would "
            "break it. Is that what the model would write, had it chosen to write such a text? "
            "No: a beginning that seldom comes to a good end is taken as often as before."
        )
    )
    made(
        app,
        "CompareMasking",
        "masking",
        [answer(app, "compare_laws", later("masking", "compare_laws"))],
    )


def reward(app: Any) -> None:
    say(
        t(
            "Pay a network for what its texts do, and it learns to do it: a copy of the last "
            "block is trained while you watch. What it learns is what you pay for, which is "
            "seldom all that you want."
        )
    )
    run_events(
        app,
        made(
            app,
            "CompareReward",
            "reward",
            [answer(app, name, later("reward", name)) for name in ("weights", "toy")],
            measured=measured_rewards(),
        ),
        later("reward", "run"),
        model="fairy-diffusion",
        long="training",
    )


BLOCKS = (
    (t("Strategies"), "strategies", strategies),
    (t("Beam search"), "beams", beams),
    (t("Scores"), "scores", scores),
    (t("Contexts"), "contexts", contexts),
    (t("Race"), "race", race),
    (t("Drafts"), "drafts", drafts),
    (t("Library"), "library", library),
    (t("Teacher forcing"), "forcing", forcing),
    (t("Classifier"), "classifier", classifier),
    (t("People"), "people", people),
    (t("Sweep"), "sweep", sweep),
    (t("Masking"), "masking", masking),
    (t("Reward"), "reward", reward),
)
