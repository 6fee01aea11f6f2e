/**
 * What a benchmark is: cases, and the systems that are timed on each, all in one run.
 *
 * `run.ts` runs a suite; `startup.ts` is one to copy.
 */

export interface System {
  /** Ours are `skein-cpu` and `skein-native`; settings of a peer stand behind its name: `torch 2 threads`. */
  readonly name: string;
  readonly threads: number;
  /** The version, or why the system can't take part here. */
  readonly version: () => Promise<string | Missing>;
  /** Does the work once and gives the measured number. The work has to use its result. */
  readonly measure: () => Promise<number>;
}

export interface Missing {
  readonly missing: string;
}

export interface Case {
  readonly name: string;
  /** The unit sits in the name: `start_ms`. */
  readonly metric: string;
  readonly lowerIsBetter: boolean;
  /** How often each system is measured; at least 5. */
  readonly rounds: number;
  readonly systems: readonly System[];
}

export interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** One line of a result file. */
export interface Result {
  readonly suite: string;
  readonly case: string;
  readonly system: string;
  readonly metric: string;
  readonly value: number;
  readonly lower_is_better: boolean;
  readonly version: string;
  readonly threads: number;
}

/**
 * Measures one case: a warm-up of every system, then rounds in which they take turns, then medians.
 *
 * @param onMissing  told about every system that can't take part; it gets no number
 */
export async function measureCase(
  suite: string,
  { name, metric, lowerIsBetter, rounds, systems }: Case,
  onMissing: (system: string, why: string) => void,
): Promise<Result[]> {
  const present: { system: System; version: string; values: number[] }[] = [];
  for (const system of systems) {
    const version = await system.version();
    if (typeof version === "string") present.push({ system, version, values: [] });
    else onMissing(system.name, version.missing);
  }
  for (const { system } of present) await system.measure();
  for (let round = 0; round < rounds; round++) {
    for (const { system, values } of present) values.push(await system.measure());
  }
  return present.map(({ system, version, values }) => ({
    suite,
    case: name,
    system: system.name,
    metric,
    value: Number(median(values).toPrecision(5)),
    lower_is_better: lowerIsBetter,
    version,
    threads: system.threads,
  }));
}

/** @example median([3, 1, 2, 10]) // => 2.5 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
