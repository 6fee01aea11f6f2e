/** Plans as text for a terminal: tables first, derivations on request. */
import { explain, type Figure } from "../figure.ts";
import type { Accelerator } from "../machines/machine.ts";
import type { ParameterCount } from "../models/count.ts";
import type { ServedPlan, TrainingPlan } from "../plan.ts";
import type { SearchResult } from "../search/search.ts";
import type { Purchase } from "../search/sensitivity.ts";
import type { Parallel } from "../training/job.ts";
import { formatGibibytes, formatQuantity } from "../units.ts";
import { textTable } from "./table.ts";

const show = ({ value, unit }: Figure): string => formatQuantity(value, unit);

/** A parallel plan in a few letters: d, t, p, c, e for data, tensor, pipeline, context, expert; then ZeRO and schedule. */
export function planText({ data, tensor, pipeline, context, expert, zero, schedule, chunks }: Parallel): string {
  const degrees = `d${data} t${tensor} p${pipeline}${context > 1 ? ` c${context}` : ""}${expert > 1 ? ` e${expert}` : ""}`;
  const order = pipeline > 1 ? ` ${schedule}${chunks > 1 ? ` x${chunks}` : ""}` : "";
  return `${degrees} ZeRO ${zero}${order}`;
}

const memoryParts = ["weights", "gradients", "optimizer", "activations", "buffers", "margin", "total"] as const;
const exchanges = ["tensor", "context", "expert", "pipeline"] as const;
const timeParts = ["compute", "traffic", ...exchanges, "bubble", "data", "optimizer", "lost", "total"] as const;

/** A training plan as tables. */
export function trained(plan: TrainingPlan): string {
  const { memory, time } = plan;
  const sizes = shares(memory, memoryParts, memory.capacity, formatGibibytes);
  const times = shares(time, timeParts, time.total, (value) => formatQuantity(value, "s"));
  const sent = Object.entries(time.sent).map(([name, figure]) => [name, show(figure)]);
  return [
    headline(plan),
    textTable(["", "value"], facts(plan)),
    textTable(["memory of a device", "size", "share"], sizes),
    textTable(["time of a step", "time", "share"], times),
    textTable(["sent by a device in a step", "bytes"], sent),
  ].join("\n\n");
}

function headline({ model, cluster, job }: TrainingPlan): string {
  const { batch, sequence, microBatch, recompute, precision, parallel } = job;
  const size = `batch ${batch} x ${sequence} tokens, micro-batch ${microBatch}`;
  return `${model.name} on ${cluster.name}: ${planText(parallel)}, ${size}, recompute ${recompute}, ${precision}`;
}

function facts(plan: TrainingPlan): string[][] {
  const { parameters, flops, time, communication, network, availability, storage, run } = plan;
  const rows: [string, Figure | undefined][] = [
    ["parameters", parameters.total],
    ["operations of a step", flops],
    ["time of a step", time.total],
    ["model FLOPs utilization", time.utilization],
    ["tokens a second", time.tokensPerSecond],
    ["waiting for communication", communication],
    ["network wanted: rate", network?.rate],
    ["network wanted: latency", network?.latency],
    ["time between failures", availability.betweenFailures],
    ["checkpoint every", availability.interval],
    ["goodput", availability.goodput],
    ["one checkpoint", storage.checkpoint],
    ["storage", storage.total],
    ["days", run?.days],
    ["device hours", run?.deviceHours],
    ["cost", run?.cost],
  ];
  return known(rows, show);
}

/** The rows that have a figure. */
function known(rows: readonly (readonly [string, Figure | undefined])[], text: (figure: Figure) => string): string[][] {
  return rows.flatMap(([name, figure]) => (figure === undefined ? [] : [[name, text(figure)]]));
}

function shares<K extends string>(
  parts: Readonly<Record<K, Figure>>,
  names: readonly K[],
  whole: Figure,
  format: (value: number) => string,
): string[][] {
  return names.map((name) => [
    name,
    format(parts[name].value),
    formatQuantity(parts[name].value / whole.value, "share"),
  ]);
}

/** A serving plan as a table. */
export function served(plan: ServedPlan): string {
  const { model, cluster, replica } = plan;
  const rows: [string, Figure | undefined][] = [
    ["parameters", plan.parameters.total],
    ["weights", plan.weights],
    ["cache of a token", plan.cachePerToken],
    ["cache of a request", plan.cachePerRequest],
    ["requests that fit in a replica", plan.requestsThatFit],
    ["prefill of a prompt", plan.prefill],
    ["between tokens", plan.betweenTokens],
    ["time to first token", plan.timeToFirstToken],
    ["tokens a second and replica", plan.tokensPerSecond],
    ["requests a second and replica", plan.requestsPerSecond],
    ["network a request", plan.networkPerRequest],
    ["replicas", plan.replicas],
    ["devices", plan.devices],
    ["dollars a million tokens", plan.costPerMillionTokens],
  ];
  return `${model.name} on ${cluster.name}: replicas of ${replica.tensor} devices, ${replica.batch} requests together\n\n${textTable(["", "value"], known(rows, money))}`;
}

function money(figure: Figure): string {
  return figure.unit === "$" ? `$ ${figure.value.toFixed(2)}` : show(figure);
}

/** A ranking, what failed and why, and what to buy. */
export function searched({ ranked, rejected, tried }: SearchResult, purchases: readonly Purchase[]): string {
  const rows = ranked.map(({ parallel, microBatch, recompute, step, utilization, memory }, i) => [
    String(i + 1),
    planText(parallel),
    String(microBatch),
    recompute,
    formatQuantity(step, "s"),
    formatQuantity(utilization, "share"),
    formatGibibytes(memory),
  ]);
  const parts = [
    `${tried} plans looked at`,
    textTable(["", "plan", "micro-batch", "recompute", "step", "utilization", "memory"], rows),
    rejected.length > 0
      ? `What can't be:\n${rejected.map(({ family, reason }) => `  ${family}: ${reason}`).join("\n")}`
      : "",
    purchases.length > 0
      ? textTable(
          ["twice as much of", "step", "faster by"],
          purchases.map(({ what, step, speedup }) => [what, formatQuantity(step, "s"), `${speedup.toFixed(2)}x`]),
        )
      : "",
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

export function models(rows: readonly (readonly [string, ParameterCount, string])[]): string {
  return textTable(
    ["model", "parameters", "active", "source"],
    rows.map(([name, { total, active }, source]) => [
      name,
      total.value.toLocaleString("en"),
      active.value.toLocaleString("en"),
      source,
    ]),
  );
}

export function accelerators(rows: readonly Accelerator[]): string {
  return textTable(
    ["accelerator", "bf16 peak", "memory", "bandwidth", "power", "an hour", "source"],
    rows.map(({ name, peak, memory, bandwidth, power, price, source }) => [
      name,
      formatQuantity(peak.bf16 ?? 0, "FLOP/s"),
      formatGibibytes(memory),
      formatQuantity(bandwidth, "B/s"),
      formatQuantity(power, "W"),
      price === undefined ? "-" : `$ ${price.hour.toFixed(2)}`,
      source,
    ]),
  );
}

/** Every figure of a plan in one line: where it stands, then value, formula, inputs, source. */
export function explained(plan: object): string {
  return figuresIn(plan, "")
    .map(([path, figure]) => `${path}: ${explain(figure)}`)
    .join("\n");
}

/** All figures in plain data, by path. */
export function figuresIn(value: unknown, path: string): [string, Figure][] {
  if (typeof value !== "object" || value === null) return [];
  if ("formula" in value && "unit" in value) return [[path, value as Figure]];
  return Object.entries(value).flatMap(([name, inner]) => figuresIn(inner, path === "" ? name : `${path}.${name}`));
}
