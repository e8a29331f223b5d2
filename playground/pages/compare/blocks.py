"""The parts of the page in their order: each is a widget and what answers it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.pages.compare.stream import answer, later, run_events

PROMPT = "once upon a time there was a king who had"


def models_of(kind: str = "causal") -> list[list[str]]:
    """[[id, title]] of the models on offer."""
    from playground.backend.catalog import offered

    return [[entry.id, entry.title] for entry in offered().values() if entry.kind == kind]


def say(words: str) -> None:
    gr.Markdown(words)


def strategies(app: Any) -> None:
    from playground.widgets.compare_widgets import CompareStrategies

    say("Greedy takes the likeliest token, beam search the likeliest text it can find, sampling what the dice say. Give each column its rules, write them all in one batch, "
        "and see what you pay for what.")
    widget = CompareStrategies(None, elem_id="compare-strategies", models=models_of(), prompt=PROMPT)
    run_events(app, widget, later("strategies", "run"))


def beams(app: Any) -> None:
    from playground.widgets.compare_widgets import CompareBeams

    say("Beam search keeps the few best beginnings and cuts the rest, round after round. It finds likelier texts than greedy does, and often duller ones. Minimum Bayes risk "
        "asks something else: which of many samples do the others agree with?")
    widget = CompareBeams(None, elem_id="compare-beams", models=models_of(), prompt="once upon a time there was a poor")
    run_events(app, widget, later("beams", "run"))


def scores(app: Any) -> None:
    from playground.widgets.compare_widgets import CompareScores

    say("Three scores by which texts are judged, with nothing hidden: change a word and see which number moves.")
    CompareScores(None, elem_id="compare-scores", models=models_of(), candidate="the cat the cat sat on the mat",
                  references=["the cat is sitting on the mat", "there was a cat upon the mat"], text="once upon a time there was a king who had a golden bicycle.",
                  server_functions=[answer(app, "measure", later("scores", "measure")), answer(app, "perplexity_of", later("scores", "perplexity_of"))])


def contexts(app: Any) -> None:
    from playground.widgets.compare_widgets import CompareContexts

    say("The next token depends on all that stands before it. Put a sentence in front and see which words rise and which fall; or ask two models the same.")
    CompareContexts(None, elem_id="compare-contexts", models=models_of(), first="the king's daughter kissed the",
                    second="a frog sat beside the well. the king's daughter kissed the",
                    example=["smollm2-135m", "The capital of California is", "Los Angeles is not the capital; Sacramento is. The capital of California is"],
                    prompt="once upon a time there was a",
                    server_functions=[answer(app, name, later("contexts", name)) for name in ("two_prompts", "two_models")])


def race(app: Any) -> None:
    from playground.widgets.compare_widgets import CompareRace

    say("Two networks of the same size, trained on the same tales: one writes a token at a time, the other takes a blank page and reveals several words a step. "
        "Who is faster, and what does the haste cost?")
    widget = CompareRace(None, elem_id="compare-race", models=models_of(), prompt="once upon a time there was a king")
    run_events(app, widget, later("race", "run"))


def library(app: Any) -> None:
    from playground.widgets.compare_widgets import CompareLibrary

    say("Is what stands on these pages what the library does? The same settings, run by transformers' own `model.generate` with its own copy of the weights, "
        "and by the playground.")
    widget = CompareLibrary(None, elem_id="compare-library", models=models_of(), prompt=PROMPT)
    run_events(app, widget, later("library", "run"))


def forcing(app: Any) -> None:
    from playground.widgets.compare_widgets import CompareForcing

    say("A model is trained on other people's words and writes after its own. Take the given text away from some token on, and see how far it drifts.")
    widget = CompareForcing(None, elem_id="compare-forcing", models=models_of(), text="once upon a time there was a king who had three daughters, and the youngest was so "
                            "beautiful that the sun itself wondered every time it shone upon her face.")
    run_events(app, widget, later("forcing", "run"))


def classifier(app: Any) -> None:
    from playground.widgets.compare_widgets import CompareClassifier

    say("A model that only predicts the next word can sort texts: ask it a question, and compare the probabilities of the answers.")
    models = models_of()
    start = "smollm2-135m" if any(name == "smollm2-135m" for name, _ in models) else models[0][0] if models else None
    widget = CompareClassifier(None, elem_id="compare-classifier", models=models, start=start, template="Review: {text}\nSentiment of this review?",
                               labels=["positive", "negative"],
                               texts=["I loved every minute of this film.", "The food was cold and the waiter was rude.", "It was fine, I suppose."])
    run_events(app, widget, later("classifier", "run"))


def people(app: Any) -> None:
    from playground.widgets.compare_widgets import ComparePeople

    say("Which text do people like better? Judge pairs without knowing which strategy wrote which. Your judgements stay in this browser.")
    widget = ComparePeople(None, elem_id="compare-people", models=models_of(), prompt=PROMPT, server_functions=[answer(app, "tally", later("people", "tally"))])
    run_events(app, widget, later("strategies", "run"))


def sweep(app: Any) -> None:
    from playground.widgets.compare_widgets import CompareSweep

    say("One setting is an anecdote. Sweep over a grid of them, with several seeds at each point, and take the table away.")
    widget = CompareSweep(None, elem_id="compare-sweep", models=models_of(), prompt=PROMPT)
    run_events(app, widget, later("sweep", "run"))


BLOCKS = (
    ("Strategies", "strategies", strategies), ("Beam search", "beams", beams), ("Scores", "scores", scores), ("Contexts", "contexts", contexts), ("Race", "race", race),
    ("Library", "library", library), ("Teacher forcing", "forcing", forcing), ("Classifier", "classifier", classifier), ("People", "people", people),
    ("Sweep", "sweep", sweep),
)
