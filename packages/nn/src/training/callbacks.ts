/** Callbacks: what is asked after every epoch. */
import { check, OptionError, type OptionSchema, resolveOptions, type TypedArray } from "@skein-ml/core";

/** The numbers of one epoch: `loss`, metrics, and with validation data `valLoss` and the like. */
export interface EpochLogs {
  readonly loss: number;
  readonly [name: string]: number;
}

/** What a callback can do with a training. */
export interface Training {
  /** Epochs the net has been trained for, over all calls of `fit`. */
  readonly epoch: number;
  /** May be changed. */
  learningRate: number;
  /** End the training after this epoch. */
  stop(): void;
  /** A copy of the weights, by path. */
  copyWeights(): Promise<ReadonlyMap<string, TypedArray>>;
  /** Go on with weights that were copied. */
  useWeights(weights: ReadonlyMap<string, TypedArray>): Promise<void>;
}

/** What `fit` tells. The net itself may be asked meanwhile: `predict`, `evaluate` and `save` work in a callback. */
export interface Callback {
  onTrainBegin?(training: Training): void | Promise<void>;
  onEpochEnd?(logs: EpochLogs, training: Training): void | Promise<void>;
  onTrainEnd?(training: Training): void | Promise<void>;
}

export interface EarlyStoppingOptions {
  /** What to watch, a key of the history. Default `valLoss`. */
  monitor?: string;
  /** Epochs without getting better before the training ends. Default 0, as in Keras. */
  patience?: number;
  /** Less of a change does not count. Default 0. */
  minDelta?: number;
  /** Whether smaller or larger is better. Default `auto`: larger for a name that ends in accuracy. */
  mode?: "auto" | "min" | "max";
  /** In the end take the weights of the best epoch. Default true. */
  restoreBestWeights?: boolean;
}

const schema: OptionSchema<EarlyStoppingOptions> = {
  monitor: check.string({ default: "valLoss" }),
  patience: check.integer({ min: 0, default: 0 }),
  minDelta: check.number({ min: 0, max: Number.MAX_VALUE, default: 0 }),
  mode: check.oneOf(["auto", "min", "max"], { default: "auto" }),
  restoreBestWeights: check.boolean({ default: true }),
};

/**
 * Ends a training that no longer gets better.
 *
 * @throws OptionError in `fit` if the history has nothing of the name that is watched
 * @example
 * const model = new Sequential([new Dense(2)]).compile({ loss: "crossEntropy" });
 * const [X, y] = [[[0, 1], [1, 0], [0, 2], [2, 0]], [0, 1, 0, 1]];
 * await model.fit(X, y, { epochs: 100, validation: 0.5, callbacks: [new EarlyStopping({ patience: 5 })] });
 */
export class EarlyStopping implements Callback {
  readonly options: Readonly<Required<EarlyStoppingOptions>>;
  #best: number | undefined;
  #bestWeights: ReadonlyMap<string, TypedArray> | undefined;
  #bestEpoch = 0;
  #waited = 0;

  /** @throws OptionError for an option that is unknown, of the wrong type or out of range */
  constructor(options: EarlyStoppingOptions = {}) {
    this.options = resolveOptions("EarlyStopping", schema, options) as Readonly<Required<EarlyStoppingOptions>>;
  }

  /** The epoch that was best in the last training, from 1; 0 before. */
  get bestEpoch(): number {
    return this.#bestEpoch;
  }

  onTrainBegin(): void {
    this.#best = undefined;
    this.#bestWeights = undefined;
    this.#bestEpoch = 0;
    this.#waited = 0;
  }

  async onEpochEnd(logs: EpochLogs, training: Training): Promise<void> {
    const { monitor, patience, restoreBestWeights } = this.options;
    const value = logs[monitor];
    if (value === undefined) {
      throw new OptionError(
        "EarlyStopping",
        `there is no ${monitor} to watch`,
        { monitor, known: Object.keys(logs) },
        monitor.startsWith("val") ? "Pass validation data to fit." : "",
      );
    }
    if (this.#isBetter(value)) {
      this.#best = value;
      this.#bestEpoch = training.epoch;
      this.#waited = 0;
      if (restoreBestWeights) this.#bestWeights = await training.copyWeights();
      return;
    }
    this.#waited++;
    if (this.#waited >= Math.max(1, patience)) training.stop();
  }

  async onTrainEnd(training: Training): Promise<void> {
    if (this.#bestWeights) await training.useWeights(this.#bestWeights);
    this.#bestWeights = undefined;
  }

  #isBetter(value: number): boolean {
    const { mode, monitor, minDelta } = this.options;
    if (this.#best === undefined) return !Number.isNaN(value);
    const upward = mode === "max" || (mode === "auto" && monitor.toLowerCase().endsWith("accuracy"));
    return upward ? value - minDelta > this.#best : value + minDelta < this.#best;
  }
}
