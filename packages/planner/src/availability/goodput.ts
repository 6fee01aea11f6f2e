/** Failures of large clusters: how often the job stops, how often to save it, what share of the time counts. */
import { OptionError } from "@skein-ml/core";
import { type Figure, figure } from "../figure.ts";
import { type Cluster, deviceCount } from "../machines/machine.ts";

/**
 * Mean time between failures of a cluster: `hours of one device / devices`, in seconds. Failures are taken as independent.
 *
 * @example meanTimeBetweenFailures(cluster({ nodes: 2048, accelerator: "h100" })).unit // => "s"
 */
export function meanTimeBetweenFailures(cluster: Cluster): Figure {
  const devices = deviceCount(cluster);
  const { deviceHoursToFailure: hours } = cluster;
  return figure((3600 * hours) / devices, "s", {
    formula: "3600 · hours / devices",
    source: "hours of one device: Grattafiori et al. 2024, section 3.3.4, if not given",
    inputs: { hours, devices },
  });
}

/**
 * Young's interval between checkpoints: `sqrt(2 c M)` for a checkpoint of c seconds and M seconds between failures.
 *
 * @source Young 1974 (A first order approximation to the optimum checkpoint interval)
 * @example youngInterval(60, 12_000).value // => 1200
 */
export function youngInterval(save: number, betweenFailures: number): Figure {
  checkTimes("youngInterval", save, betweenFailures);
  return figure(Math.sqrt(2 * save * betweenFailures), "s", {
    formula: "sqrt(2 c M)",
    source: "Young 1974",
    inputs: { c: save, M: betweenFailures },
  });
}

/**
 * Daly's interval, which holds for frequent failures too: `sqrt(2 c M) (1 + sqrt(c/2M)/3 + c/18M) - c`, and M if c > 2M.
 *
 * @source Daly 2006 (A higher order estimate of the optimum checkpoint interval), equation 37
 */
export function dalyInterval(save: number, betweenFailures: number): Figure {
  checkTimes("dalyInterval", save, betweenFailures);
  const [c, M] = [save, betweenFailures];
  const ratio = c / (2 * M);
  const interval = c < 2 * M ? Math.sqrt(2 * c * M) * (1 + Math.sqrt(ratio) / 3 + ratio / 9) - c : M;
  return figure(interval, "s", {
    formula: "sqrt(2 c M) (1 + sqrt(c/2M)/3 + c/18M) - c",
    source: "Daly 2006, equation 37",
    inputs: { c, M },
  });
}

/** What failures and checkpoints cost. */
export interface Availability {
  readonly betweenFailures: Figure;
  /** Seconds that training stands still for one checkpoint. */
  readonly save: Figure;
  readonly interval: Figure;
  readonly goodput: Figure;
}

/**
 * Share of the time that makes progress, with exponential failures: `interval / (M e^(restart/M) (e^((interval + c)/M) - 1))`.
 *
 * @source Daly 2006, equation 20 (expected run time of a segment)
 */
export function goodput(times: {
  readonly interval: number;
  readonly save: number;
  readonly restart: number;
  readonly betweenFailures: number;
}): Figure {
  const { interval, save: c, restart: R, betweenFailures: M } = times;
  return figure(interval / (M * Math.exp(R / M) * Math.expm1((interval + c) / M)), "share", {
    formula: "t / (M e^(R/M) (e^((t + c)/M) - 1))",
    source: "Daly 2006, equation 20",
    inputs: { t: interval, c, R, M },
  });
}

export interface AvailabilityOptions {
  /** Bytes of a checkpoint. */
  readonly checkpoint: number;
  /** Bytes a second that storage takes from all nodes together. */
  readonly writeRate: number;
  /** Seconds from a failure until training goes on. Default 600 */
  readonly restart?: number;
}

/** Failures, the best interval between checkpoints, and the share of the time that is left. */
export function availability(cluster: Cluster, options: AvailabilityOptions): Availability {
  const { checkpoint, writeRate, restart = 600 } = options;
  const betweenFailures = meanTimeBetweenFailures(cluster);
  const save = figure(checkpoint / writeRate, "s", {
    formula: "checkpoint / writeRate",
    source: "training waits for the write; asynchronous checkpoints cost less",
    inputs: { checkpoint, writeRate },
  });
  const interval = dalyInterval(save.value, betweenFailures.value);
  const times = { interval: interval.value, save: save.value, restart, betweenFailures: betweenFailures.value };
  return { betweenFailures, save, interval, goodput: goodput(times) };
}

function checkTimes(call: string, save: number, betweenFailures: number): void {
  if (save > 0 && betweenFailures > 0 && Number.isFinite(save + betweenFailures)) return;
  throw new OptionError(call, "both times must be positive", { save, betweenFailures }, "Pass seconds.");
}
