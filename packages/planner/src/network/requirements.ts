/** What a training plan asks of the network: rates and latencies that keep communication small, and what slower ones do. */
import { OptionError } from "@skein-ml/core";
import { type Figure, figure } from "../figure.ts";
import { InfeasibleError } from "../infeasible-error.ts";
import type { Cluster, Link } from "../machines/machine.ts";
import type { TrainingSetup } from "../training/job.ts";
import { type StepTime, stepTime } from "../training/step-time.ts";
import { quantity } from "../units.ts";

/** Share of a step that waits for communication. */
export function communicationShare({ tensor, context, expert, pipeline, data, total }: StepTime): Figure {
  const waiting = tensor.value + context.value + expert.value + pipeline.value + data.value;
  return figure(waiting / total.value, "share", {
    formula: "(tensor + context + expert + pipeline + data) / step",
    source: "docs/planner.md, time of a step",
    inputs: { waiting, step: total.value },
  });
}

type Level = "inside" | "between";

const SLOWEST = 1e6;
const FASTEST = 1e15;

/**
 * The rate of one link at which communication costs at most `share` of a step, all else as it is.
 *
 * @throws OptionError     if share is not between 0 and 1
 * @throws InfeasibleError if no rate of this link is enough
 */
export function neededRate(setup: TrainingSetup, level: Level, share: number): Figure {
  const at = (rate: number) => shareWith(setup, level, { rate: quantity(rate) });
  const rate = bisect("neededRate", at, share, { from: SLOWEST, to: FASTEST });
  return figure(rate, "bit/s", {
    formula: `least rate of the link ${level} nodes with a share of at most ${share}`,
    source: "bisection on the time of a step",
    inputs: { share, present: setup.cluster[level].rate },
  });
}

/** The latency of one link at which communication costs at most `share` of a step, all else as it is. */
export function neededLatency(setup: TrainingSetup, level: Level, share: number): Figure {
  const at = (frequency: number) => shareWith(setup, level, { latency: quantity(1 / frequency) });
  const latency = 1 / bisect("neededLatency", at, share, { from: 1, to: 1e12 });
  return figure(latency, "s", {
    formula: `greatest latency of the link ${level} nodes with a share of at most ${share}`,
    source: "bisection on the time of a step",
    inputs: { share, present: setup.cluster[level].latency },
  });
}

/** One row of what another network does. */
export interface NetworkCase {
  /** Times the present rate. */
  readonly factor: number;
  readonly rate: number;
  readonly step: number;
  readonly utilization: number;
  readonly communication: number;
}

/** Times of a step with links between nodes that are faster or slower by the factors. */
export function networkSweep(setup: TrainingSetup, factors: readonly number[]): NetworkCase[] {
  return factors.map((factor) => {
    const rate = setup.cluster.between.rate * factor;
    const time = stepTime({ ...setup, cluster: withLink(setup.cluster, "between", { rate: quantity(rate) }) });
    const communication = communicationShare(time).value;
    return { factor, rate, step: time.total.value, utilization: time.utilization.value, communication };
  });
}

/** A cluster with one of its links changed. */
export function withLink(cluster: Cluster, level: Level, change: Partial<Link>): Cluster {
  return { ...cluster, [level]: { ...cluster[level], ...change } };
}

function shareWith(setup: TrainingSetup, level: Level, change: Partial<Link>): number {
  return communicationShare(stepTime({ ...setup, cluster: withLink(setup.cluster, level, change) })).value;
}

/** The least x between two limits, on a logarithmic scale, at which a falling function is at most `wanted`. */
function bisect(
  call: string,
  at: (x: number) => number,
  wanted: number,
  { from, to }: { from: number; to: number },
): number {
  if (!(wanted > 0 && wanted < 1)) throw new OptionError(call, "share must lie between 0 and 1", { share: wanted });
  const best = at(to);
  if (best > wanted) {
    const near = Math.min(0.99, Math.ceil(best * 100) / 100);
    const repair = `The other links alone cost ${(100 * best).toFixed(1)} %: ask for ${near}, or change the plan.`;
    throw new InfeasibleError(call, "no such link is enough", { share: wanted, best, change: { share: near } }, repair);
  }
  let [low, high] = [Math.log(from), Math.log(to)];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (at(Math.exp(middle)) <= wanted) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}
