"""The app as programs meet it: the README's examples word for word, and the MCP server through the
official client."""

import asyncio
import contextlib
import io
import json
import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.S)
CLIENT = [block for block in BLOCKS if "gradio_client" in block]
NOTEBOOK = [block for block in BLOCKS if "pages.notebook" in block]
NAMES = {
    "decode",
    "distribution",
    "score",
    "escape",
    "markov",
    "hmm",
    "corrupt",
    "unmask",
    "compare",
    "speculate",
    "attribution",
}


@pytest.fixture(scope="module")
def app():
    from playground.pages.shell import build_app, launch_settings
    from playground.server.mcp import answer_in_json

    demo = build_app()
    demo.launch(
        server_name="127.0.0.1",
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
        show_error=True,
        mcp_server=True,
        **launch_settings(),
    )
    answer_in_json(demo)
    yield demo
    demo.close()


def run_block(block):
    out, names = io.StringIO(), {}
    with contextlib.redirect_stdout(out):
        exec(compile(block, "README.md", "exec"), names)  # the README's own words
    return out.getvalue(), names


def test_the_readme_shows_every_endpoint():
    assert set(re.findall(r'api_name="/(\w+)"', "".join(CLIENT))) == NAMES and len(NOTEBOOK) == 1


@pytest.mark.parametrize("block", CLIENT, ids=["first", "second"])
def test_the_examples_of_the_readme_run(app, block):
    said, names = run_block(block.replace("http://127.0.0.1:7860/", app.local_url))
    assert len(said.splitlines()) == block.count("print(")
    if "text" in names:
        assert (
            len(names["text"]["steps"]) == 12
            and names["step"]["remainder"]["count"] + len(names["step"]["rows"])
            == names["step"]["vocab_size"]
        )
    else:
        assert (
            names["dice"]["viterbi"]["path"] == [0, 1, 1, 1, 1, 0]
            or len(names["dice"]["viterbi"]["path"]) == 6
        )
        assert len(names["both"]["texts"]) == 2 and "[MASK]" not in names["tale"]["text"]


def test_the_notebook_example_runs(tmp_path):
    said, names = run_block(NOTEBOOK[0])
    assert len(said.splitlines()) >= 20 and len(names["steps"]) == 20
    shown = names["replay"](names["model"], "once upon a time", names["steps"], names["settings"])
    shown.save(tmp_path / "text.html")
    assert "How this text was written" in (tmp_path / "text.html").read_text(encoding="utf-8")
    assert 'sandbox="allow-scripts"' in shown._repr_html_()
    assert [step["token_id"] for step in shown.trace["steps"]] == [
        step.token_id for step in names["steps"]
    ]
    assert len(NOTEBOOK[0].strip().splitlines()) <= 11


def ask(app, questions):
    """(the tools, the answers) of an MCP session; an answer that is an error comes as {"error": its
    words}."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def session():
        async with (
            streamablehttp_client(app.local_url + "gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as client,
        ):
            await client.initialize()
            tools, answers = (await client.list_tools()).tools, []
            for name, arguments in questions:
                answer = await client.call_tool(name, arguments)
                text = answer.content[0].text
                answers.append({"error": text} if answer.isError else json.loads(text))
            return tools, answers

    return asyncio.run(session())


def test_the_tools_are_the_endpoints_and_each_argument_is_explained(app):
    tools, _ = ask(app, [])
    assert {tool.name for tool in tools} == NAMES
    for tool in tools:
        assert 40 < len(tool.description) < 1500 and "Returns" in tool.description, tool.name
        for name, about in tool.inputSchema["properties"].items():
            assert len(about.get("description", "")) > 10, f"{tool.name}: {name} is not explained"
    assert not {name for tool in tools for name in tool.inputSchema["properties"]} & {
        "request",
        "session_hash",
        "api_key",
    }


WEATHER = [[0.9, 0.1], [0.5, 0.5]]
QUESTIONS = [
    (
        "decode",
        {
            "model": "fairy-causal",
            "prompt": "once upon a time",
            "max_new_tokens": 6,
            "seed": 3,
            "top": 4,
            "temperature": 0.7,
        },
    ),
    (
        "distribution",
        {
            "model": "fairy-causal",
            "prompt": "the king was",
            "top": 5,
            "min_p": 0.05,
            "seed": 2,
            "index": 4,
        },
    ),
    ("score", {"model": "fairy-causal", "text": "the king was old .", "top": 2}),
    ("escape", {"delta_e": 1.5, "top_p": 0.8}),
    ("markov", {"transition": WEATHER, "steps": 8, "seed": 5, "power": 3}),
    (
        "hmm",
        {
            "initial": [0.5, 0.5],
            "transition": WEATHER,
            "emission": [[0.8, 0.2], [0.3, 0.7]],
            "observations": [0, 1, -1, 0],
        },
    ),
    ("corrupt", {"text": "the king had a daughter .", "t": 0.5, "seed": 4}),
    ("unmask", {"canvas": "the king [MASK]*3 .", "steps": 3, "seed": 4, "top": 2}),
    (
        "compare",
        {
            "model": "fairy-causal",
            "prompt": "the wolf",
            "columns": [{"kind": "greedy"}, {"kind": "sampling", "top_p": 0.5}],
            "tokens": 6,
        },
    ),
]


def in_python(name, arguments):
    """The same by the library alone: no app, no Gradio."""
    from playground.backend import get_backend

    backend = get_backend()
    if name in ("decode", "distribution", "score", "compare"):
        network = backend.causal("fairy-causal")
    if name == "decode":
        from playground.decoding import DecodingSettings, generate

        fields = {key: arguments[key] for key in ("max_new_tokens", "seed", "temperature")}
        return [
            (step.token_id, step.probability)
            for step in generate(
                network, network.encode(arguments["prompt"]), DecodingSettings(**fields)
            )
        ]
    if name == "distribution":
        from playground.decoding import DecodingSettings, apply_stages

        ids = network.encode(arguments["prompt"])
        return apply_stages(
            network.next_logits(ids), ids, DecodingSettings(min_p=0.05), prompt_length=len(ids)
        )[-1].probs
    if name == "score":
        import torch

        ids = network.encode(arguments["text"])
        rows = torch.log_softmax(torch.as_tensor(network.logits_along(ids[:-1])).double(), -1)
        return [-rows[k, token].item() for k, token in enumerate(ids[1:])]
    if name == "escape":
        from playground.decoding.escape import critical_temperature

        return critical_temperature(arguments["delta_e"], arguments["top_p"])
    if name == "markov":
        from playground.markov import MarkovChain

        chain = MarkovChain(WEATHER)
        return list(chain.sample(8, 5)), chain.stationary().tolist(), chain.n_step(3).tolist()
    if name == "hmm":
        from playground.markov import HiddenMarkovModel

        model = HiddenMarkovModel(
            *(arguments[key] for key in ("initial", "transition", "emission"))
        )
        return model.log_likelihood(arguments["observations"]), list(
            model.viterbi(arguments["observations"])[0]
        )
    if name == "unmask":
        from playground.diffusion import UnmaskSettings, unmask
        from playground.pages.diffusion.canvas import read_canvas
        from playground.pages.diffusion.sampler_cards import SELECTIONS

        denoiser = backend.denoiser("fairy-diffusion")
        canvas = read_canvas(arguments["canvas"], denoiser, 0)
        settings = UnmaskSettings("dream", 3, seed=4, selection=SELECTIONS["dream"][0])
        steps = list(unmask(denoiser, [list(canvas.ids)], settings, locked=[list(canvas.locked)]))
        return steps[-1].canvas[0].tolist()[canvas.seen]
    raise KeyError(name)


def alike(one, other) -> bool:
    """Equal, but for the last digits of a number: sums of 32-bit figures depend on who else is
    asked at the same time."""
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-4, abs=1e-6)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return one == other


def test_each_tool_gives_what_python_gives(app):
    from gradio_client import Client

    _, answers = ask(app, QUESTIONS)
    client = Client(app.local_url, verbose=False)
    for (name, arguments), answer in zip(QUESTIONS, answers, strict=True):
        assert "error" not in answer, answer
        assert alike(
            answer, json.loads(json.dumps(client.predict(**arguments, api_name=f"/{name}")))
        ), f"{name}: MCP and HTTP differ"
    given = dict(zip((name for name, _ in QUESTIONS), answers, strict=True))
    asked = dict(QUESTIONS)

    assert [
        (step["token_id"], step["probability"]) for step in given["decode"]["steps"]
    ] == in_python("decode", asked["decode"])
    probs = in_python("distribution", asked["distribution"])
    for row in given["distribution"]["rows"]:
        assert row["final"] == pytest.approx(float(probs[row["id"]]), abs=1e-6)
    scored = [
        token["surprisal"] for token in given["score"]["tokens"] if token["surprisal"] is not None
    ]
    assert scored == pytest.approx(in_python("score", asked["score"]), abs=1e-4)
    assert given["escape"]["critical_temperature"] == pytest.approx(
        in_python("escape", asked["escape"])
    )
    path, stationary, power = in_python("markov", asked["markov"])
    assert given["markov"]["path"] == path and given["markov"]["stationary"][0] == pytest.approx(
        stationary
    )
    assert given["markov"]["power"] == [pytest.approx(row) for row in power]
    likelihood, viterbi = in_python("hmm", asked["hmm"])
    assert (
        given["hmm"]["log_likelihood"] == pytest.approx(likelihood)
        and given["hmm"]["viterbi"]["path"] == viterbi
    )
    assert given["unmask"]["steps"][-1]["canvas"] == in_python("unmask", asked["unmask"])
    assert given["corrupt"]["alpha_bar"] == 0.5 and given["corrupt"]["known"] == sum(
        given["corrupt"]["kept"]
    )
    assert len(given["compare"]["texts"]) == 2


def test_a_bad_value_is_an_error_that_names_field_value_and_range(app):
    _, answers = ask(
        app,
        [
            ("decode", {"model": "fairy-causal", "prompt": "x", "top_p": 1.5}),
            ("markov", {"transition": [[0.5, 0.6], [0.2, 0.8]]}),
            ("unmask", {"canvas": "[MASK]", "sampler": "none"}),
            ("decode", {"model": "no-such-model", "prompt": "x"}),
        ],
    )
    for answer, words in zip(
        answers,
        (
            "top_p must be a number in",
            "transition row 1 sums to 1.1",
            "sampler must be",
            "no-such-model",
        ),
        strict=True,
    ):
        assert words in answer.get("error", ""), answer
