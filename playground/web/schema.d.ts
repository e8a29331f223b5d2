// Made by `python -m playground.pages.schema` from the table of parameters: change it there.

import type { WireMessage } from "./core/translate.js";

/** Names of the rules that act on a distribution. */
export type RuleName =
  | "temperature"
  | "top_k"
  | "top_p"
  | "min_p"
  | "typical_p"
  | "epsilon_cutoff"
  | "eta_cutoff"
  | "repetition_penalty"
  | "presence_penalty"
  | "frequency_penalty"
  | "no_repeat_ngram_size"
  | "xtc_threshold"
  | "dry_multiplier"
  | "mirostat_tau"
  | "top_n_sigma"
  | "top_h"
  | "p_less"
  | "dynatemp_range"
  | "adaptive_target"
  | "guidance"
  | "logit_bias"
  | "banned"
  | "choices"
  | "regex"
  | "json_schema"
  | "watermark_bias";

/** Names of the orders in which rules act. */
export type OrderName =
  | "transformers"
  | "llama.cpp";

/** Names of the samplers of Unmask. */
export type SamplerName =
  | "dream"
  | "llada"
  | "mdlm"
  | "maskgit"
  | "remdm"
  | "fast-dllm"
  | "joint-threshold"
  | "entropy-bound"
  | "diffusion-gemma"
  | "any-order"
  | "self-verifying"
  | "self-speculative"
  | "gibbs"
  | "sedd"
  | "uniform"
  | "coarse-to-fine"
  | "diffusion-lm"
  | "cdcd";

/** Settings of a text that is written token by token. */
export interface DecodingSettings {
  /** a whole number in [1, 1000000] */
  max_new_tokens: number;
  do_sample: boolean;
  /** a number in [0, 1000000] (0 means greedy) */
  temperature: number;
  /** a whole number in [0, 1000000] (0 turns it off) */
  top_k: number;
  /** a number in [0, 1] (1 turns it off) */
  top_p: number;
  /** a number in [0, 1] (0 turns it off) */
  min_p: number;
  /** a number in (0, 1] (1 turns it off) */
  typical_p: number;
  /** a number in [0, 1) (0 turns it off) */
  epsilon_cutoff: number;
  /** a number in [0, 1) (0 turns it off) */
  eta_cutoff: number;
  /** a number in [0.000001, 1000000] (1 turns it off) */
  repetition_penalty: number;
  /** a number in [-1000000, 1000000] (0 turns it off) */
  presence_penalty: number;
  /** a number in [-1000000, 1000000] (0 turns it off) */
  frequency_penalty: number;
  /** a whole number in [0, 1000000] (0 turns it off) */
  no_repeat_ngram_size: number;
  /** a number in [0, 1] */
  xtc_threshold: number;
  /** a number in [0, 1] (0 turns it off) */
  xtc_probability: number;
  /** a number in [0, 1000000] (0 turns it off) */
  dry_multiplier: number;
  /** a number in [1, 1000000] */
  dry_base: number;
  /** a whole number in [1, 1000000] */
  dry_allowed_length: number;
  /** a whole number in [-1, 1000000] */
  dry_penalty_last_n: number;
  /** at most 64 texts, one a line (\n stands for a line end), together at most 400 characters */
  dry_sequence_breakers: string;
  /** a number of bits in [0, 1000000] (0 turns it off) */
  mirostat_tau: number;
  /** a number in [0, 1000000] */
  mirostat_eta: number;
  /** a number in [0, 1000] (0 turns it off) */
  top_n_sigma: number;
  /** a number in [0, 1] (0 turns it off) */
  top_h: number;
  p_less: boolean;
  /** a number in [0, 1000000] (0 turns it off) */
  dynatemp_range: number;
  /** a number in [0, 1000000] */
  dynatemp_exponent: number;
  /** a number in [0, 1] (0 turns it off) */
  adaptive_target: number;
  /** a number in [0, 0.99] */
  adaptive_decay: number;
  /** a number in [-1, 100] (0 turns it off) */
  guidance: number;
  /** a text of at most 2,000 characters */
  negative_prompt: string;
  /** lines of word=number, the number in [-1000, 1000] */
  logit_bias: string;
  /** at most 64 texts, one a line (\n stands for a line end), together at most 2,000 characters */
  banned: string;
  /** at most 64 texts, one a line (\n stands for a line end), together at most 2,000 characters */
  choices: string;
  /** a text of at most 2,000 characters */
  regex: string;
  /** a text of at most 4,000 characters */
  json_schema: string;
  /** a number in [0, 100] (0 turns it off) */
  watermark_bias: number;
  /** a number in (0, 1) */
  watermark_ratio: number;
  /** a whole number in [1, 2^53] */
  watermark_key: number;
  /** at most 64 texts, one a line (\n stands for a line end), together at most 2,000 characters */
  stop: string;
  ignore_end: boolean;
  /** "transformers" or "llama.cpp", or a list of names of rules */
  order: OrderName | RuleName[];
  /** a whole number in [0, 2^53] */
  seed: number;
}

/** Settings of Unmask's form and link. */
export interface UnmaskFields {
  /** a text */
  canvas: string;
  /** a text */
  model: string;
  sampler: SamplerName;
  /** a whole number in [1, 512] */
  steps: number;
  /** a number in [0, 100] */
  temperature: number;
  /** a whole number in [0, 2^53] */
  seed: number;
  /** a whole number in [0, 256] */
  length: number;
  /** a whole number in [0, 64] */
  hybrid: number;
  /** a number in [0, 1] (1 turns it off) */
  top_p: number;
  /** a text */
  selection: string;
  schedule: "linear" | "cosine" | "geometric" | "linear-sigma" | "entropy-linear";
  /** a whole number in [0, 256] */
  block_length: number | null;
  /** a whole number in [0, 255] */
  overlap: number;
  /** a number in [0, 100] */
  threshold: number;
  /** a number in [0, 100] */
  edit_threshold: number;
  /** a number of nats in [0, 1000000] */
  bound: number;
  /** a number in (0, 100] */
  t_min: number;
  /** a number in (0, 100] */
  t_max: number;
  /** a number of nats in [0, 100] */
  confidence_threshold: number;
  /** a number in [0, 1] */
  eta: number;
  /** a number in [0, 100] */
  alg_temp: number;
  /** a number in [0, 100] (0 turns it off) */
  guidance: number;
  /** a whole number in [0, 512] */
  burn_in: number;
  start: "masks" | "random words";
  as_published: boolean;
  two: boolean;
  sampler_b: SamplerName;
  /** a whole number in [1, 512] */
  steps_b: number;
  /** a whole number in [0, 2^53] */
  seed_b: number;
  ran: boolean;
  /** a text */
  edited: string;
  /** a whole number in [0, 100000] */
  step: number;
}

/** Settings of Escape's calculator and link. */
export interface EscapeSettings {
  /** a number in [-2, 40] */
  delta_e: number;
  /** a number in [0, 10] */
  temperature: number;
  /** a whole number in [1, 100000] */
  rivals: number;
  /** a number in [0, 1] (1 turns it off) */
  top_p: number;
  /** a number in [0, 1] (0 turns it off) */
  min_p: number;
  /** a whole number in [0, 100000] (0 turns it off) */
  top_k: number;
  /** a number in [1, 10] (1 turns it off) */
  repetition_penalty: number;
  /** a number in [0, 10] (0 turns it off) */
  frequency_penalty: number;
  /** a number in [-1000, 1000] */
  loop_logit: number;
  /** a whole number in [0, 1000] */
  visits: number;
  order: "transformers" | "llama.cpp";
  /** a whole number in [-1, 31] */
  word: number;
}

export type Control = NumberControl | SwitchControl | LinesControl | TextControl;

export interface NumberControl {
  kind: "number";
  label: WireMessage;
  field: string;
  low: number;
  high: number;
  step: number;
  lowest: number;
  highest: number;
  open_low: boolean;
  open_high: boolean;
  whole: boolean;
}

export interface SwitchControl {
  kind: "switch";
  label: WireMessage;
  field: string;
  low: null;
  high: null;
  step: null;
  lowest: null;
  highest: null;
  open_low: boolean;
  open_high: boolean;
  whole: boolean;
}

export interface LinesControl {
  kind: "lines";
  label: WireMessage;
  field: string;
  low: null;
  high: null;
  step: null;
  lowest: null;
  highest: null;
  open_low: boolean;
  open_high: boolean;
  whole: boolean;
  longest: number;
}

export interface TextControl {
  kind: "text";
  label: WireMessage;
  field: string;
  low: null;
  high: null;
  step: null;
  lowest: null;
  highest: null;
  open_low: boolean;
  open_high: boolean;
  whole: boolean;
  longest?: number;
}
