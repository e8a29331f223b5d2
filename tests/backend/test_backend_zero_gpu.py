"""ZeroGPU with a stand-in for the package `spaces`: one call of GPU for a whole run, only pickled
things cross, errors keep their sentences.

The real thing lends GPUs on Hugging Face alone and could not be tried; the stand-ins do what its
source (0.51.3) does."""

import multiprocessing
import os
import pickle
import sys
from types import SimpleNamespace

import pytest

from playground.backend import zero_gpu
from playground.backend.errors import LimitExceeded


class InProcess:
    """spaces.GPU without a process: what goes in and comes out is pickled, what ends the call in an
    error loses its words."""

    def __init__(self):
        self.calls = []

    def GPU(self, duration):
        def decorate(function):
            def handler(*args, **kwargs):
                args, kwargs = pickle.loads(pickle.dumps((args, kwargs)))
                self.calls.append(duration)
                try:
                    for item in function(*args, **kwargs):
                        yield pickle.loads(pickle.dumps(item))
                except GeneratorExit:
                    raise
                except Exception as error:
                    raise RuntimeError("ZeroGPU worker error: " + type(error).__name__) from None

            return handler

        return decorate


class Forked:
    """spaces.GPU with a process forked at the call, as the real one does it."""

    def __init__(self):
        self.processes = []

    def GPU(self, duration):
        context = multiprocessing.get_context("fork")

        def decorate(function):
            def handler():
                out, stop = context.SimpleQueue(), context.Event()

                def target():
                    items = function()
                    for item in items:
                        if stop.is_set():
                            items.close()
                            break
                        out.put(("ok", item))
                    out.put(("end", None))
                    multiprocessing.connection.wait(
                        [], timeout=30
                    )  # a kept process waits for its next call

                process = context.Process(target=target, daemon=True)
                process.start()
                self.processes.append(process)
                try:
                    while True:
                        kind, item = out.get()
                        if kind == "end":
                            return
                        yield item
                except GeneratorExit:
                    stop.set()
                    raise

            return handler

        return decorate


@pytest.fixture
def spaces(monkeypatch):
    def use(stand_in):
        monkeypatch.setenv("SPACES_ZERO_GPU", "true")
        monkeypatch.setitem(sys.modules, "spaces", stand_in)
        monkeypatch.setattr(zero_gpu, "LINGER", 0.1)
        return stand_in

    return use


def counting(n, seen):
    for i in range(n):
        seen.append(i)
        yield {"i": i, "process": os.getpid()}


def test_elsewhere_the_work_itself_is_called():
    seen = []
    frames = zero_gpu.stream(lambda: counting(3, seen))
    assert next(frames)["i"] == 0 and seen == [0]
    frames.close()
    assert seen == [0] and zero_gpu.answer(lambda: "here") == "here"


def test_a_run_is_one_call_in_a_process_that_ends_after_it(spaces):
    stand_in = spaces(Forked())
    frames = list(zero_gpu.stream(lambda: counting(4, [])))
    assert [frame["i"] for frame in frames] == [0, 1, 2, 3] and len(stand_in.processes) == 1
    assert {frame["process"] for frame in frames} == {stand_in.processes[0].pid} != {os.getpid()}
    stand_in.processes[0].join(20)
    assert stand_in.processes[0].exitcode == 0, (
        "the process must not wait for a call that cannot know the next request"
    )


def test_the_next_run_knows_the_next_request(spaces):
    stand_in = spaces(Forked())
    assert [zero_gpu.answer(lambda word=word: word.upper()) for word in ("one", "two")] == [
        "ONE",
        "TWO",
    ]
    assert len(stand_in.processes) == 2


def test_an_error_keeps_its_words_and_its_kind(spaces):
    spaces(Forked())

    def broken():
        yield 1
        raise LimitExceeded("max_new_tokens must be in [1, 512], got 9999")

    frames = zero_gpu.stream(broken)
    assert next(frames) == 1
    with pytest.raises(ValueError, match=r"max_new_tokens must be in \[1, 512\], got 9999"):
        next(frames)


def test_what_cannot_be_pickled_becomes_a_plain_error():
    class Odd(ValueError):
        def __init__(self, one, two):
            super().__init__(f"{one} and {two}")

    found = zero_gpu._portable_error(Odd("this", "that"))
    assert type(found) is ValueError and str(found) == "this and that"
    assert str(zero_gpu._portable_error(LimitExceeded("full"))) == "full"


def test_a_run_within_a_run_is_part_of_it(spaces):
    stand_in = spaces(InProcess())

    def outer():
        yield zero_gpu.answer(lambda: "inner")
        yield from zero_gpu.stream(lambda: iter("ab"))

    assert list(zero_gpu.stream(outer, 77)) == ["inner", "a", "b"] and stand_in.calls == [77]
    assert zero_gpu._inside is False


def test_a_stopped_run_ends_the_work(spaces):
    spaces(InProcess())
    seen = []
    frames = zero_gpu.stream(lambda: counting(100, seen))
    next(frames)
    frames.close()
    assert len(seen) <= 2 and zero_gpu._inside is False


def test_a_function_is_decorated_before_the_space_starts(spaces):
    decorated = []
    spaces(
        SimpleNamespace(
            GPU=lambda duration: lambda function: decorated.append(function) or function
        )
    )
    zero_gpu.register()
    assert len(decorated) == 1


def test_a_question_alone_is_a_call_and_a_whole_text_is_one(spaces, backend):
    import torch

    from playground.decoding import DecodingSettings, generate

    stand_in = spaces(InProcess())
    zero_gpu.load(backend, "small-llama")
    model = backend.causal("small-llama")
    assert isinstance(model.next_logits([1, 2, 3]), torch.Tensor) and stand_in.calls == [
        zero_gpu.QUESTION_SECONDS
    ]
    steps = list(
        zero_gpu.stream(
            lambda: (
                step.token_id
                for step in generate(model, [1, 2, 3], DecodingSettings(max_new_tokens=8, seed=2))
            )
        )
    )
    assert len(steps) == 8 and stand_in.calls == [zero_gpu.QUESTION_SECONDS, zero_gpu.RUN_SECONDS]
    model.close()


class Loading:
    """A backend that notes which models were asked for; `absent` cannot be had."""

    def __init__(self, absent=()):
        self.asked, self.absent = [], absent

    def causal(self, name):
        self.asked.append(name)
        if name in self.absent:
            raise LimitExceeded("not to be had")
        return SimpleNamespace(close=lambda: None)

    denoiser = causal


def test_shipped_and_preloaded_models_are_placed_before_the_launch(spaces):
    spaces(InProcess())
    serving = Loading(absent=("fairy-causal",))
    zero_gpu.place(serving)
    assert serving.asked == ["fairy-causal", "fairy-diffusion", "smollm2-135m"]


def test_a_host_that_offers_fewer_models_places_those(spaces, monkeypatch):
    spaces(InProcess())
    monkeypatch.setenv("PLAYGROUND_MODELS", "fairy-diffusion")
    serving = Loading()
    zero_gpu.place(serving)
    assert serving.asked == ["fairy-diffusion"]


def test_elsewhere_nothing_is_loaded_before_the_page_answers():
    serving = Loading()
    zero_gpu.place(serving)
    assert serving.asked == []


def test_the_entry_of_a_space_places_and_then_launches(spaces, monkeypatch):
    from playground import __main__ as entry

    spaces(InProcess())
    serving, happened = Loading(), []

    class Launched(Exception):
        """The test ends where the server would begin."""

    def launch(**_):
        happened.extend(serving.asked)
        raise Launched

    demo = SimpleNamespace(
        shell=SimpleNamespace(backend=lambda: serving, warm=lambda: None), launch=launch
    )
    monkeypatch.setattr(entry, "build_app", lambda: demo)
    monkeypatch.setattr(entry, "with_routes", lambda *_: {})
    with pytest.raises(Launched):
        entry.main([])
    assert happened == list(zero_gpu.PLACED)
