"""The Generate page without a browser: what a request may hold, what the stream says, what the
endpoints answer."""

from types import SimpleNamespace

import pytest

from playground.decoding import PRESETS, DecodingSettings
from playground.pages import run
from playground.pages.errors import answered, sentence_of
from playground.pages.generate import figures, presets, write_work
from playground.pages.generate.request import RunRequest, StepRequest
from playground.pages.generate.run import score, write
from tests.pages.doubles import DoubleBackend
from tests.pages.generate_runs import GO, collect, request


def test_presets_and_orders_are_those_of_the_mathematics():
    assert presets.PRESETS == {name: settings.to_dict() for name, settings in PRESETS.items()}
    assert DecodingSettings.from_dict(presets.START).to_dict() == presets.START
    everything = {
        "repetition_penalty": 1.1,
        "no_repeat_ngram_size": 2,
        "presence_penalty": 0.1,
        "frequency_penalty": 0.1,
        "dry_multiplier": 0.1,
        "temperature": 0.5,
        "top_k": 3,
        "top_p": 0.9,
        "min_p": 0.1,
        "typical_p": 0.9,
        "epsilon_cutoff": 0.1,
        "eta_cutoff": 0.1,
        "xtc_probability": 0.5,
        "guidance": 1.0,
        "logit_bias": "#1=2",
        "banned": "#2",
        "top_n_sigma": 1.0,
        "top_h": 0.5,
        "p_less": True,
        "adaptive_target": 0.4,
        "choices": "yes\nno",
        "regex": "(yes|no)",
        "json_schema": "{}",
        "watermark_bias": 2.0,
    }
    moving = {**everything, "dynatemp_range": 0.3}
    for order, names in presets.constants()["orders"].items():
        chosen = DecodingSettings(order=order, **everything)
        others = [name for name in names if name != "mirostat_tau"]
        assert [name for name in others if name != "dynatemp_range"] == list(chosen.rules_on())
        # a dynamic temperature stands in place of the plain one
        assert [name for name in others if name != "temperature"] == list(
            DecodingSettings(order=order, **moving).rules_on()
        )
    for named in presets.constants()["conventions"].values():
        assert DecodingSettings(**named).order == named["order"]


def test_every_rule_of_the_chain_has_a_control_and_an_explanation():
    drawn = presets.constants()
    names = {rule["name"] for rule in drawn["rules"]}
    assert names == set(drawn["orders"]["transformers"]) == set(drawn["orders"]["llama.cpp"])
    controls = [*drawn["rules"], *(more for rule in drawn["rules"] for more in rule["more"])]
    fields = {control["field"] for control in controls}
    others = {"max_new_tokens", "do_sample", "order", "seed", "stop", "ignore_end"}
    assert fields | others == set(presets.START)
    assert all(len(rule["explain"]) > 20 for rule in drawn["rules"])
    assert all(control["label"] and control["kind"] for control in controls)
    for control in [*controls, drawn["seed"]]:
        if control["kind"] != "number":
            continue
        assert control["lowest"] <= control["low"] < control["high"] <= control["highest"], control
        assert control["step"] > 0 and control["label"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"prompt": "   "}, "The prompt is empty"),
        ({"prompt": "x" * 50_000}, r"at most 20,000 characters, got 50,000"),
        ({"prompt": 3}, "prompt must be a text"),
        (
            {"settings": {"temperature": -1}},
            r"temperature must be a number in \[0, 1000000\] .*got -1",
        ),
        (
            {"settings": {"top_p": 1.5}},
            r"top_p must be a number in \[0, 1\] \(1 turns it off\), got 1.5",
        ),
        (
            {"settings": {"max_new_tokens": 4000}},
            r"max_new_tokens must be a whole number in \[1, 512\], got 4000",
        ),
        ({"settings": {"warmth": 1}}, "warmth is not a decoding"),
        ({"settings": [1]}, "settings must be an object"),
        ({"prefix": "abc"}, "prefix must be a list"),
        ({"prefix": [-1]}, "whole numbers of at least 0"),
        ({"forced": [True]}, "whole numbers"),
        ({"prefix": [1] * 513}, "at most 512 tokens"),
        ({"memory": {"x": 1}}, "memory must hold mu, adaptive_sum, adaptive_weight alone, got 'x'"),
        ({"memory": {"mu": float("nan")}}, "memory.mu must be a number of bits in"),
        ({"memory": {"mu": 10**400}}, "memory.mu must be a number of bits in"),
    ],
)
def test_bad_requests_get_a_sentence(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        RunRequest.read(request(**change))


@pytest.mark.parametrize(
    "raw",
    [
        None,
        3,
        [],
        {"ids": []},
        {"ids": [1], "prompt_length": 5, "index": 0},
        {"ids": [1], "prompt_length": 1, "index": -1},
    ],
)
def test_bad_step_requests_are_refused(raw):
    with pytest.raises(ValueError):
        StepRequest.read(raw)


def test_a_prompt_that_fills_the_context_is_told_what_to_do():
    class Short(DoubleBackend):
        def causal(self, name):
            model = super().causal(name)
            model.context_length = 2
            return model

    with pytest.raises(
        ValueError,
        match="The prompt has 2 tokens, and this model's context holds 2: shorten the prompt",
    ):
        collect(write(Short(), RunRequest.read(request()), GO()))


def test_the_stream_tells_start_frames_and_end_and_the_pieces_join_to_the_text():
    backend = DoubleBackend()
    start, frames, end = collect(write(backend, RunRequest.read(request()), GO()))
    model = backend.causal("double")
    ids = [token["id"] for token in start["prompt"]]
    assert [frame["index"] for frame in frames] == list(range(12)) and end == "max_new_tokens"
    text = "".join(token["piece"] for token in start["prompt"]) + "".join(
        frame["piece"] for frame in frames
    )
    assert text == model.decode([*ids, *[frame["token_id"] for frame in frames]])
    for frame in frames:
        assert sum(row["final"] for row in frame["rows"]) + frame["remainder"][
            "final"
        ] == pytest.approx(1, abs=1e-6)
        assert len(frame["rows"]) + frame["remainder"]["count"] == frame["vocab_size"]


def test_a_branch_keeps_what_was_written_and_takes_the_chosen_token():
    backend = DoubleBackend()
    _, frames, _ = collect(write(backend, RunRequest.read(request()), GO()))
    before = [frame["token_id"] for frame in frames[:5]]
    chosen = (frames[5]["token_id"] + 1) % 16
    start, branch, _ = collect(
        write(backend, RunRequest.read(request(prefix=before, forced=[chosen])), GO())
    )
    assert (
        start["begun"] == 5
        and branch[0]["index"] == 5
        and branch[0]["token_id"] == chosen
        and branch[0]["forced"]
    )
    assert (
        len(branch) == 7 and branch[1]["u"] == frames[6]["u"]
    )  # the draws of a step depend on seed and step alone


def test_an_unforced_branch_with_the_same_rules_is_the_same_text():
    backend = DoubleBackend()
    _, frames, _ = collect(write(backend, RunRequest.read(request()), GO()))
    before = [frame["token_id"] for frame in frames[:4]]
    _, again, _ = collect(
        write(backend, RunRequest.read(request(prefix=before, memory=frames[4]["memory"])), GO())
    )
    assert again == frames[4:]


def test_stop_ends_a_run_between_two_tokens():
    halt, seen = GO(), []
    for item in write(
        DoubleBackend(), RunRequest.read(request(settings={"max_new_tokens": 400})), halt
    ):
        seen.append(item)
        halt.set()
    assert (
        seen[-1] == run.end("stopped") and sum(len(item.get("frames", [])) for item in seen) < 400
    )


def test_one_text_at_a_time_for_each_visitor():
    backend = DoubleBackend()

    def play(visitor, name):
        asked = request(run=name, settings={"max_new_tokens": 100})
        session = SimpleNamespace(session_hash=visitor)
        return run.stream(backend, session, asked, "generate", write_work(backend))

    first = play("ann", "1")
    next(first)
    assert "press Stop first" in str(list(play("ann", "2"))[-1]["message"])
    assert list(play("bob", "3"))[-1]["reason"] == "max_new_tokens"
    assert run.HANDLES.stop("1") and not run.HANDLES.stop("unknown")
    assert (
        list(play("ann", "4"))[-1]["kind"] == "end"
    )  # at once, though the first has not ended yet
    assert list(first)[-1]["reason"] == "stopped" and backend.runs.active == 0


def test_a_text_that_was_cut_off_comes_again_from_where_it_was():
    backend, session = DoubleBackend(), SimpleNamespace(session_hash="ann")

    def play(name, **more):
        return list(
            run.stream(backend, session, request(run=name, **more), "generate", write_work(backend))
        )

    def frames(messages):
        return [frame for message in messages for frame in message.get("frames", ())]

    whole, rest = play("whole"), play("rest", after=7)
    assert frames(rest) == frames(whole)[7:] and len(frames(rest)) == 5
    assert [message["kind"] for message in rest if message["kind"] == "begin"] == ["begin"]


def test_a_loop_is_marked_with_its_period():
    backend = DoubleBackend()
    _, frames, _ = collect(
        write(backend, RunRequest.read(request(settings={**presets.PRESETS["looping"]})), GO())
    )
    loop = frames[-1]["loop"]
    ids = [frame["token_id"] for frame in frames]
    assert loop["period"] >= 1 and loop["start"] + loop["length"] == len(ids)
    assert all(
        ids[i] == ids[i - loop["period"]] for i in range(loop["start"] + loop["period"], len(ids))
    )


def test_scoring_is_teacher_forced_and_leaves_the_first_token_out():
    backend = DoubleBackend()
    start, frames, end = collect(score(backend, {"model": "double", "text": "a bb ccc dddd"}, GO()))
    model = backend.causal("double")
    ids = model.encode("a bb ccc dddd")
    assert (
        [token["id"] for token in start["prompt"]] == ids[:1]
        and [frame["token_id"] for frame in frames] == ids[1:]
        and end == "scored"
    )
    rows = model.logits_along(ids[:-1]).double().log_softmax(-1).numpy()
    assert [frame["surprisal"] for frame in frames] == pytest.approx(
        [-rows[i, ids[i + 1]] for i in range(3)], abs=1e-5
    )


def test_a_model_that_loads_is_said_so_and_a_failed_one_names_why():
    backend = DoubleBackend()
    backend.state = "loading"
    with pytest.raises(ValueError, match="still loading"):
        figures.recompute_step(
            backend, {"model": "double", "ids": [1], "prompt_length": 1, "index": 0, "settings": {}}
        )
    halt = GO()
    news = write(backend, RunRequest.read(request()), halt)
    assert next(news)["state"]["state"] == "loading"
    backend.state = "ready"
    assert next(news)["kind"] == "begin"
    backend.state = "absent"
    with pytest.raises(ValueError, match="not loaded: choose it"):
        figures.recompute_step(
            backend, {"model": "double", "ids": [1], "prompt_length": 1, "index": 0, "settings": {}}
        )


def test_the_recorded_text_is_the_shipped_models_own():
    from playground.backend import get_backend
    from playground.backend.catalog import MODELS
    from playground.pages.generate import recorded

    if not (MODELS / "fairy-causal" / "config.json").is_file():
        pytest.skip("the weights of fairy-causal are not here")
    trace = recorded("fairy-causal")
    assert trace["model"] == "fairy-causal", (
        "record it: python -m playground.pages.generate.record fairy-causal"
    )
    frame, prompt = trace["steps"][0], [token["id"] for token in trace["prompt_tokens"]]
    backend = get_backend()
    backend.causal("fairy-causal").close()
    now = figures.recompute_step(
        backend,
        {
            "model": "fairy-causal",
            "ids": prompt,
            "prompt_length": len(prompt),
            "index": 0,
            "settings": trace["settings"],
        },
    )
    assert now["raw_entropy"] == pytest.approx(frame["raw_entropy"], abs=0.05), (
        "other weights than those that wrote the recorded text: python -m "
        "playground.pages.generate.record fairy-causal"
    )


def test_unforeseen_errors_tell_nothing_of_the_insides():
    assert "secret" not in sentence_of(KeyError("secret"))
    assert answered(lambda raw: 1 / 0)(None)["error"].startswith(
        "Something went wrong here (ZeroDivisionError)"
    )
