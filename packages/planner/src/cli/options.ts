/** The options of the command, as data: their kind, what they mean, and how they become a request. */
import { didYouMean, OptionError } from "@skein-ml/core";

/** One option: what follows it on the command line, and what it is for. */
export interface CommandOption {
  readonly kind: "text" | "number" | "flag";
  readonly help: string;
  /** Where its value goes in the request; `parallel.` and `efficiencies.` reach inside. Absent for the command's own. */
  readonly field?: string;
}

const shared: Readonly<Record<string, CommandOption>> = {
  model: { kind: "text", help: "a published model, such as llama-3-70b (`models` lists them)" },
  cluster: { kind: "text", help: 'nodes and accelerator: "16xh100" is 16 nodes of 8; "4xa100-80x4@roce-100"' },
  json: { kind: "flag", help: "print the plan as JSON, with all derivations" },
  explain: { kind: "flag", help: "print each figure with its formula, inputs and source" },
  precision: { kind: "text", field: "precision", help: "fp32, bf16 or fp8" },
};

const train: Readonly<Record<string, CommandOption>> = {
  ...shared,
  report: { kind: "text", help: "write an HTML report to this file" },
  batch: { kind: "number", field: "batch", help: "sequences in a step (default 1024)" },
  sequence: { kind: "number", field: "sequence", help: "tokens in a sequence" },
  "micro-batch": { kind: "number", field: "microBatch", help: "sequences that pass a stage together" },
  tokens: { kind: "number", field: "tokens", help: "tokens to train on, such as 15e12" },
  recompute: { kind: "text", field: "recompute", help: "none, selective or full" },
  attention: { kind: "text", field: "attention", help: "flash or materialized" },
  tensor: {
    kind: "number",
    field: "parallel.tensor",
    help: "tensor parallel degree; without any degree the best plan is searched",
  },
  pipeline: { kind: "number", field: "parallel.pipeline", help: "pipeline stages" },
  context: { kind: "number", field: "parallel.context", help: "parts of each sequence" },
  expert: { kind: "number", field: "parallel.expert", help: "parts of the experts" },
  data: { kind: "number", field: "parallel.data", help: "copies (default: what is left)" },
  zero: { kind: "number", field: "parallel.zero", help: "ZeRO stage, 0 to 3" },
  schedule: { kind: "text", field: "parallel.schedule", help: "gpipe, 1f1b or interleaved" },
  chunks: { kind: "number", field: "parallel.chunks", help: "model chunks of the interleaved schedule" },
  "network-share": {
    kind: "number",
    field: "communicationShare",
    help: "share of a step that communication may cost, such as 0.1: says which network holds it",
  },
  budget: { kind: "number", field: "budget", help: "dollars the run may cost" },
};

const serve: Readonly<Record<string, CommandOption>> = {
  ...shared,
  prompt: { kind: "number", field: "prompt", help: "tokens of a prompt (default 1024)" },
  answer: { kind: "number", field: "answer", help: "tokens of an answer (default 256)" },
  requests: { kind: "number", field: "requestsPerSecond", help: "requests a second" },
  "weight-bits": { kind: "number", field: "weightBits", help: "16, 8 or 4" },
  "cache-bits": { kind: "number", field: "cacheBits", help: "16, 8 or 4" },
  tensor: { kind: "number", field: "tensor", help: "devices of a replica" },
  batch: { kind: "number", field: "batch", help: "requests decoded together" },
  "first-token": { kind: "number", field: "firstTokenTarget", help: "seconds until the first token, at most" },
  "between-tokens": { kind: "number", field: "betweenTokensTarget", help: "seconds between tokens, at most" },
  "draft-tokens": { kind: "number", field: "draftTokens", help: "tokens a draft model proposes at a time" },
};

/** The search prints a ranking: what shapes the printing of one plan does not belong to it. */
const search = Object.fromEntries(
  Object.entries(train).filter(([name]) => !["network-share", "report", "explain", "json"].includes(name)),
);

/** The commands and their options. */
export const commands: Readonly<Record<string, Readonly<Record<string, CommandOption>>>> = {
  train,
  serve,
  search,
  models: {},
  accelerators: {},
};

/** Values as an argument parser gives them. */
export type ParsedValues = Readonly<Record<string, string | boolean | undefined>>;

/**
 * The request that options spell.
 *
 * @throws OptionError for an option that the command does not have, or text where a number is wanted
 */
export function requestOf(command: string, values: ParsedValues): Record<string, unknown> {
  const known = commands[command] ?? {};
  const request: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const option = known[name];
    if (option === undefined) {
      const problem = `${command} has no option --${name}`;
      throw new OptionError("planner", problem, {}, didYouMean(name, Object.keys(known)));
    }
    if (option.field !== undefined) put(request, option.field.split("."), read(name, option, value));
  }
  return request;
}

function read(
  name: string,
  { kind }: CommandOption,
  value: string | boolean | undefined,
): string | number | boolean | undefined {
  if (kind !== "number") return value;
  const number = Number(value);
  if (value !== "" && Number.isFinite(number)) return number;
  throw new OptionError("planner", `--${name} wants a number`, { came: value }, `Write --${name} 8, or 15e12.`);
}

function put(target: Record<string, unknown>, [first = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  const inner = { ...(target[first] as Record<string, unknown> | undefined) };
  put(inner, rest, value);
  target[first] = inner;
}
