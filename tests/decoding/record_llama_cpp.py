"""Records llama_cpp_vectors.json: llama.cpp's own samplers, stage by stage, through the C functions
of a compiled release.

    pip download --no-deps xllamacpp==2026.10.11549 && unzip xllamacpp-*.whl
    python tests/decoding/record_llama_cpp.py xllamacpp/xllamacpp.abi3.so > vectors.json

The wheel holds build b11549 of the program as one shared library that exports its samplers. Run
once; no test needs it.
"""

import ctypes
import json
import sys

import numpy as np

lib = ctypes.CDLL(sys.argv[1])


class TD(ctypes.Structure):
    _fields_ = [("id", ctypes.c_int32), ("logit", ctypes.c_float), ("p", ctypes.c_float)]


class TDA(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.POINTER(TD)),
        ("size", ctypes.c_size_t),
        ("selected", ctypes.c_int64),
        ("sorted", ctypes.c_bool),
    ]


P, F, WHOLE, U, Z = (
    ctypes.c_void_p,
    ctypes.c_float,
    ctypes.c_int32,
    ctypes.c_uint32,
    ctypes.c_size_t,
)


def fn(name, *args):
    f = getattr(lib, name)
    f.restype = P
    f.argtypes = args
    return f


lib.llama_sampler_apply.argtypes = [P, ctypes.POINTER(TDA)]
lib.llama_sampler_apply.restype = None
lib.llama_sampler_accept.argtypes = [P, WHOLE]
lib.llama_sampler_accept.restype = None


class Vec(ctypes.Structure):
    _fields_ = [("b", P), ("e", P), ("c", P)]


keep = []


def vector(rows):
    inner = (Vec * len(rows))()
    for k, row in enumerate(rows):
        a = (WHOLE * max(len(row), 1))(*row)
        keep.append(a)
        base = ctypes.addressof(a)
        inner[k].b = base
        inner[k].e = inner[k].c = base + 4 * len(row)
    keep.append(inner)
    base = ctypes.addressof(inner)
    v = Vec(base, base + len(rows) * ctypes.sizeof(Vec), base + len(rows) * ctypes.sizeof(Vec))
    keep.append(v)
    return v


def dry(mult, base, allowed, last_n, breakers):
    f = lib._Z30llama_sampler_init_dry_testingffiiRKSt6vectorIS_IiSaIiEESaIS1_EE
    f.restype = P
    f.argtypes = [F, F, WHOLE, WHOLE, P]
    return f(mult, base, allowed, last_n, ctypes.addressof(vector(breakers)))


top_k = fn("llama_sampler_init_top_k", WHOLE)
top_p = fn("llama_sampler_init_top_p", F, Z)
min_p = fn("llama_sampler_init_min_p", F, Z)
typical = fn("llama_sampler_init_typical", F, Z)
temp = fn("llama_sampler_init_temp", F)
temp_ext = fn("llama_sampler_init_temp_ext", F, F, F)
xtc = fn("llama_sampler_init_xtc", F, F, Z, U)
sigma = fn("llama_sampler_init_top_n_sigma", F)
adaptive = fn("llama_sampler_init_adaptive_p", F, F, U)
penalties = fn("llama_sampler_init_penalties", WHOLE, WHOLE, F, F, F)


class Row:
    def __init__(self, logits):
        self.arr = (TD * len(logits))(*[TD(i, float(z), 0) for i, z in enumerate(logits)])
        self.a = TDA(self.arr, len(logits), -1, False)
        self.n = len(logits)

    def apply(self, s):
        lib.llama_sampler_apply(s, ctypes.byref(self.a))

    def logits(self):
        out = [None] * self.n
        for i in range(self.a.size):
            z = self.a.data[i].logit
            out[self.a.data[i].id] = None if z == -np.inf else float(z)
        return out


def sampler(stage, cfg, context):
    name = stage
    if name == "penalties":
        s = penalties(
            cfg["size"],
            64,
            cfg["repetition_penalty"],
            cfg["frequency_penalty"],
            cfg["presence_penalty"],
        )
    elif name == "dry":
        s = dry(
            cfg["dry_multiplier"],
            cfg["dry_base"],
            cfg["dry_allowed_length"],
            cfg["dry_penalty_last_n"],
            cfg["breakers"],
        )
    elif name == "top_n_sigma":
        return sigma(cfg[name])
    elif name == "top_k":
        return top_k(cfg[name])
    elif name == "typical_p":
        return typical(cfg[name], 0)
    elif name == "top_p":
        return top_p(cfg[name], 0)
    elif name == "min_p":
        return min_p(cfg[name], 0)
    elif name == "xtc_threshold":
        return xtc(1.0, cfg[name], 0, 1)
    elif name == "temperature":
        return temp(cfg[name])
    elif name == "dynatemp_range":
        return temp_ext(cfg["temperature"], cfg[name], cfg["dynatemp_exponent"])
    for t in context:
        lib.llama_sampler_accept(s, t)
    return s


CHAIN = [
    "penalties",
    "dry",
    "top_n_sigma",
    "top_k",
    "typical_p",
    "top_p",
    "min_p",
    "xtc_threshold",
    "temperature",
]
rng = np.random.default_rng(22)
cases = []
for case in range(40):
    size = int(rng.choice([8, 24, 60]))
    logits = (rng.standard_normal(size) * rng.uniform(1, 3)).astype(np.float32)
    n = int(rng.integers(5, 100))
    context = rng.integers(0, min(size, 6), n).tolist()
    cfg = {
        "size": size,
        "repetition_penalty": 1.0,
        "frequency_penalty": 0.0,
        "presence_penalty": 0.0,
    }
    chosen = [c for c in CHAIN if rng.random() < 0.55] or ["temperature"]
    if case < len(CHAIN) + 1:
        chosen = [[*CHAIN, "dynatemp_range"][case]]
    if "temperature" in chosen and case > 20 and case % 2:
        chosen[chosen.index("temperature")] = "dynatemp_range"
    if "top_n_sigma" in chosen and len(chosen) > 1 and case % 3:
        chosen = [c for c in chosen if c != "top_n_sigma"]
    if "top_n_sigma" in chosen:
        chosen = [c for c in chosen if c not in ("typical_p", "dynatemp_range")]

    def val(lo, hi):
        return float(np.float32(rng.uniform(lo, hi)))

    cfg["temperature"] = 1.0
    for c in chosen:
        if c == "penalties":
            cfg |= {
                "repetition_penalty": val(1.05, 1.6),
                "frequency_penalty": val(0, 0.3),
                "presence_penalty": val(-0.2, 0.5),
            }
        elif c == "dry":
            cfg |= {
                "dry_multiplier": val(0.3, 2),
                "dry_base": val(1.2, 2),
                "dry_allowed_length": int(rng.integers(1, 4)),
                "dry_penalty_last_n": int(rng.choice([10, 64, 64])),
                "breakers": [[], [[3]], [[3], [5]], [[2, 4]], [[1, 2], [1]]][case % 5],
            }
        elif c == "top_n_sigma":
            cfg[c] = val(0.8, 2.5)
        elif c == "top_k":
            cfg[c] = int(rng.integers(3, size))
        elif c == "typical_p":
            cfg[c] = val(0.5, 0.95)
        elif c == "top_p":
            cfg[c] = val(0.6, 0.97)
        elif c == "min_p":
            cfg[c] = val(0.02, 0.2)
        elif c == "xtc_threshold":
            cfg[c] = val(0.03, 0.3)
        elif c == "temperature":
            cfg[c] = val(0.4, 1.9)
        elif c == "dynatemp_range":
            cfg |= {
                "temperature": val(0.5, 1.5),
                "dynatemp_range": val(0.2, 1),
                "dynatemp_exponent": val(0.5, 2),
            }
    row = Row(logits)
    stages = []
    for c in chosen:
        row.apply(sampler(c, cfg, context))
        stages.append([c, row.logits()])
    del cfg["size"]
    cases.append(
        {
            "logits": [float(z) for z in logits],
            "context": context,
            "settings": cfg,
            "stages": stages,
        }
    )
runs = []
for target, decay in ((0.3, 0.9), (0.6, 0.5), (0.05, 0.99)):
    s = adaptive(target, decay, 7)
    steps = []
    for _ in range(12):
        logits = (rng.standard_normal(10) * 2).astype(np.float32)
        row = Row(logits)
        row.apply(s)
        token = row.a.data[row.a.selected].id
        lib.llama_sampler_accept(s, token)
        steps.append({"logits": [float(z) for z in logits], "after": row.logits(), "token": token})
    runs.append({"target": float(np.float32(target)), "decay": decay, "steps": steps})


def short(x):
    if isinstance(x, float):
        return float(f"{x:.9g}")
    if isinstance(x, list):
        return [short(i) for i in x]
    if isinstance(x, dict):
        return {k: short(v) for k, v in x.items()}
    return x


print(json.dumps({"chain": short(cases), "adaptive_p": short(runs)}, separators=(",", ":")))
