/**
 * The command, without the process around it: arguments in, text and exit code out. `bin/skein-planner.mjs` parses the command
 * line, prints and writes files.
 */
import { OptionError, SkeinError } from "@skein-ml/core";
import { acceleratorNames, acceleratorPreset } from "../machines/accelerators.ts";
import { parseCluster } from "../machines/cluster.ts";
import { countParameters } from "../models/count.ts";
import { modelNames, modelPreset, transformerPreset } from "../models/presets.ts";
import { plan, type ServedPlan, type ServingRequest, type TrainingPlan, type TrainingRequest } from "../plan.ts";
import { searchPlans } from "../search/search.ts";
import { sensitivity } from "../search/sensitivity.ts";
import type { TrainingOptions } from "../training/job.ts";
import { formatQuantity } from "../units.ts";
import { commands, type ParsedValues, requestOf } from "./options.ts";
import { accelerators, explained, models, searched, served, trained } from "./texts.ts";

/** What a run of the command leaves. */
export interface CommandResult {
  readonly text: string;
  readonly exitCode: 0 | 1;
  /** For an HTML report: the file asked for, and the plan to report on. */
  readonly report?: { readonly file: string; readonly plan: TrainingPlan | ServedPlan };
}

/** Run one command. Errors of ours come back as text with exit code 1. */
export function runCommand(command: string | undefined, values: ParsedValues): CommandResult {
  try {
    return { exitCode: 0, ...answer(command, values) };
  } catch (error) {
    if (error instanceof SkeinError) return { text: error.message, exitCode: 1 };
    throw error;
  }
}

function answer(command: string | undefined, values: ParsedValues): Omit<CommandResult, "exitCode"> {
  if (command === undefined) return { text: usage() };
  if (!Object.hasOwn(commands, command)) {
    throw new OptionError(
      "planner",
      `there is no command ${JSON.stringify(command)}`,
      {},
      `Known: ${Object.keys(commands).join(", ")}.`,
    );
  }
  const { json, explain, model = "", cluster = "", report } = values;
  const request = requestOf(command, values);
  if (command === "models")
    return {
      text: models(modelNames.map((name) => [name, countParameters(modelPreset(name)), modelPreset(name).source])),
    };
  if (command === "accelerators") return { text: accelerators(acceleratorNames.map(acceleratorPreset)) };
  if (command === "search") return { text: search(String(model), String(cluster), request) };
  const made =
    command === "train"
      ? plan(String(model), String(cluster), { batch: 1024, ...request, task: "train" } as TrainingRequest)
      : plan(String(model), String(cluster), {
          prompt: 1024,
          answer: 256,
          ...request,
          task: "serve",
        } as ServingRequest);
  const table = made.task === "train" ? trained(made) : served(made);
  const text =
    json === true ? JSON.stringify(made, null, 2) : explain === true ? `${table}\n\n${explained(made)}` : table;
  return { text, ...(typeof report === "string" && { report: { file: report, plan: made } }) };
}

function search(modelName: string, clusterText: string, request: Record<string, unknown>): string {
  const { budget, ...job } = { batch: 1024, ...request } as TrainingOptions & { budget?: number };
  const model = transformerPreset(modelName);
  const machines = parseCluster(clusterText);
  const found = searchPlans(model, machines, job, budget === undefined ? {} : { budget });
  return searched(found, sensitivity(model, machines, job));
}

/** How to use the command. */
export function usage(): string {
  const optionLines = (names: (typeof commands)[string]) =>
    Object.entries(names).map(
      ([name, { kind, help }]) => `  --${name}${kind === "flag" ? "" : ` ${kind.toUpperCase()}`}`.padEnd(26) + help,
    );
  const examples = `npx @skein-ml/planner train --model llama-3-70b --cluster 16xh100 --batch 1024 --tokens 15e12
npx @skein-ml/planner search --model megatron-1t --cluster 384xa100-80 --batch 3072
npx @skein-ml/planner serve --model llama-3-70b --cluster 1xh100 --requests 5 --weight-bits 8
npx @skein-ml/planner models | accelerators`;
  const flops = formatQuantity(1e12, "FLOP/s");
  return [
    `What a model needs of network, compute, memory and storage (${flops.split(" ")[1]}: floating point operations a second).`,
    examples,
    ...(["train", "serve"] as const).flatMap((name) => [`${name}:`, ...optionLines(commands[name] ?? {})]),
  ]
    .join("\n\n")
    .replace(/\n\n {2}--/g, "\n  --");
}
