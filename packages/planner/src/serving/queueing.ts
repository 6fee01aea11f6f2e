/** Waiting lines: how many replicas hold a latency target under a load. */
import { OptionError } from "@skein-ml/core";
import { type Figure, figure } from "../figure.ts";

/**
 * Erlang C: the chance that an arrival finds all k servers busy, for an offered load of `a` servers' worth.
 *
 * Worked out by the recursion for Erlang B, so it stays finite for thousands of servers.
 *
 * @source Erlang 1917; recursion: Jagerman 1974
 * @example erlangC(2, 1) // => 0.3333333333333333
 */
export function erlangC(k: number, a: number): number {
  if (!(Number.isSafeInteger(k) && k > 0 && a >= 0)) {
    throw new OptionError("erlangC", "servers must be a positive count, load not negative", { servers: k, load: a });
  }
  if (a >= k) return 1;
  let blocked = 1;
  for (let i = 1; i <= k; i++) blocked = (a * blocked) / (i + a * blocked);
  return (k * blocked) / (k - a * (1 - blocked));
}

export interface QueueLoad {
  /** Requests a second. */
  readonly arrivals: number;
  /** Mean seconds of service. */
  readonly service: number;
  /** Standard deviation of service times by their mean. Default 1: exponential */
  readonly variation?: number;
}

/**
 * Mean wait of an M/G/k queue: Allen-Cunneen, `C(k, a)/(k/S - λ) · (1 + v²)/2`. Exact for M/M/k and M/G/1.
 *
 * @returns seconds; infinite if the load is too much for k servers
 * @source Allen 1990 (Probability, Statistics, and Queueing Theory), section 5.3
 * @example meanWait({ arrivals: 0.5, service: 1 }, 1).value // => 1
 */
export function meanWait({ arrivals, service, variation = 1 }: QueueLoad, k: number): Figure {
  const a = arrivals * service;
  const wait =
    a >= k ? Number.POSITIVE_INFINITY : ((erlangC(k, a) / (k / service - arrivals)) * (1 + variation ** 2)) / 2;
  return figure(wait, "s", {
    formula: "C(k, a) / (k/S - λ) · (1 + v²)/2",
    source: "Allen 1990, section 5.3 (Allen-Cunneen)",
    inputs: { k, a, S: service, λ: arrivals, v: variation },
  });
}

/**
 * The fewest servers with a mean wait of at most `target` seconds.
 *
 * @example serversFor({ arrivals: 10, service: 1 }, 0.5) // => 12
 */
export function serversFor(load: QueueLoad, target: number): number {
  if (!(load.arrivals >= 0 && load.service > 0 && target > 0)) {
    throw new OptionError("serversFor", "arrivals, service and target must be positive", { ...load, target });
  }
  let high = Math.floor(load.arrivals * load.service) + 1;
  let low = high;
  while (meanWait(load, high).value > target) {
    low = high + 1;
    high *= 2;
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (meanWait(load, middle).value <= target) high = middle;
    else low = middle + 1;
  }
  return high;
}
