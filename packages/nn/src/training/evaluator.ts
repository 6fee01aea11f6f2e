/** Evaluation: losses and metrics of rows that are not learned from. The last batch is filled up with rows of weight 0. */
import type { Captured, Context } from "@skein-ml/core";
import { BatchBuffers, rowsInOrder } from "./batches.ts";
import type { EpochLogs } from "./callbacks.ts";
import { type BatchTypes, captureEvaluation, type Goal, type Net } from "./programs.ts";
import type { TrainingData } from "./targets.ts";
import { Totals } from "./totals.ts";

export class Evaluator {
  readonly #goal: Goal;
  readonly #size: number;
  readonly #totals: Totals;
  readonly #program: Captured;
  readonly #buffers: BatchBuffers;
  readonly #order: Int32Array;

  constructor(net: Net, goal: Goal, data: TrainingData, batchSize: number) {
    this.#goal = goal;
    const n = data.X.shape[0] ?? 0;
    this.#size = Math.min(n, batchSize);
    this.#totals = new Totals(2 + goal.metrics.length, net.dtype, net.device);
    this.#program = captureEvaluation(net, goal, this.#totals, batchTypes(net, data, this.#size, true));
    this.#buffers = new BatchBuffers(data, this.#size, net.dtype, true);
    this.#order = rowsInOrder(n);
  }

  /**
   * Means over all rows: the loss, then the metrics.
   * @param reports  whether the rows done are the progress of the call
   */
  async run(context: Context, reports = false): Promise<EpochLogs> {
    await context.turn();
    this.#totals.reset();
    const n = this.#order.length;
    for (let from = 0; from < n; from += this.#size) {
      const to = Math.min(n, from + this.#size);
      await this.#buffers.write(this.#program, { order: this.#order, from, to }, context);
      await this.#program.runInTurns(() => (context.due ? context.turn() : undefined));
      await context.turn(reports ? { step: to, total: n } : undefined);
    }
    return means(this.#goal, await this.#totals.read());
  }

  dispose(): void {
    this.#program.dispose();
    this.#totals.dispose();
  }
}

/** The types of a batch of some data. */
export function batchTypes(net: Net, { X, y, weights }: TrainingData, size: number, padding: boolean): BatchTypes {
  return {
    X: { shape: [size, ...X.shape.slice(1)], dtype: net.dtype },
    y: { shape: [size, ...y.shape.slice(1)], dtype: y.dtype },
    weighted: padding || weights !== undefined,
  };
}

/** Sums as means, by name. */
export function means(goal: Goal, [weight = 0, loss = 0, ...sums]: readonly number[]): EpochLogs {
  const metrics = goal.metrics.map(({ name }, i) => [name, (sums[i] ?? 0) / weight]);
  return { loss: loss / weight, ...Object.fromEntries(metrics) };
}
