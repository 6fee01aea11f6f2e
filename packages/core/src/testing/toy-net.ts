/**
 * A net of dense layers with the slots of its optimizer and its place in the training: how something that is no estimator
 * goes in a model file. It does not learn.
 */
import * as check from "../estimator/check.ts";
import { type OptionSchema, resolveOptions } from "../estimator/options.ts";
import { checkState, refused, type StateSchema } from "../estimator/state.ts";
import type { Description, Saveable } from "../model-file/saveable.ts";
import { tensor } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";

interface DenseOptions {
  readonly relu?: boolean;
}

interface DenseState {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** `W x + b`, and `max(0, ...)` of it with `relu`. */
export class ToyDense implements Saveable {
  static readonly className: string = "ToyDense";
  static readonly options: OptionSchema<DenseOptions> = { relu: check.boolean({ default: false }) };
  static readonly state: StateSchema<DenseState> = {
    weight: check.tensor(["out", "in"], { dtype: "float32" }),
    bias: check.tensor(["out"], { dtype: "float32" }),
  };

  readonly relu: boolean;
  readonly weight: Tensor;
  readonly bias: Tensor;

  constructor(relu: boolean, { weight, bias }: DenseState) {
    this.relu = relu;
    this.weight = weight;
    this.bias = bias;
  }

  call(x: readonly number[]): number[] {
    return Array.from(this.bias.data, (bias, i) => {
      const sum = x.reduce((total, value, j) => total + value * (this.weight.data[i * x.length + j] ?? 0), bias);
      return this.relu ? Math.max(0, sum) : sum;
    });
  }

  describe(): Description {
    return { options: { relu: this.relu }, state: { weight: this.weight, bias: this.bias } };
  }

  static restore({ options, state }: Description): ToyDense {
    const { relu } = resolveOptions(ToyDense.className, ToyDense.options, options);
    checkState(ToyDense.className, ToyDense.state, state);
    return new ToyDense(relu, state);
  }
}

interface NetState {
  readonly layers: readonly ToyDense[];
  /** For each layer the running mean of its gradient. */
  readonly momenta: readonly Tensor[];
  readonly position: { readonly epoch: number; readonly step: number; readonly random: Int32Array };
}

export class ToyNet implements Saveable {
  static readonly className: string = "ToyNet";
  static readonly state: StateSchema<NetState> = {
    layers: check.list(check.instance(ToyDense), { min: 1 }),
    momenta: check.list(check.tensor("any", { dtype: "float32" })),
    position: check.object({
      epoch: check.integer({ min: 0 }),
      step: check.integer({ min: 0 }),
      random: check.array("int32", 4),
    }),
  };

  readonly #state: NetState;

  constructor(state: NetState) {
    this.#state = state;
  }

  get position(): NetState["position"] {
    return this.#state.position;
  }

  predict(x: readonly number[]): readonly number[] {
    return this.#state.layers.reduce((values, layer) => layer.call(values), [...x]);
  }

  describe(): Description {
    return { options: {}, state: { ...this.#state } };
  }

  static restore({ state }: Description): ToyNet {
    checkState(ToyNet.className, ToyNet.state, state);
    const { layers, momenta } = state;
    const fits = layers.every(({ weight }, i) => {
      const next = layers[i + 1]?.weight.shape[1] ?? weight.shape[0];
      return String(momenta[i]?.shape) === String(weight.shape) && weight.shape[0] === next;
    });
    if (!fits || momenta.length !== layers.length) throw refused(ToyNet.className, "the sizes of its layers differ");
    return new ToyNet(state);
  }

  /** A net for tests. */
  static sample(): ToyNet {
    const weight = (rows: number, columns: number): Tensor =>
      tensor(
        Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i + rows)),
        { shape: [rows, columns] },
      );
    const layers = [
      new ToyDense(true, { weight: weight(4, 2), bias: tensor([0.1, 0.2, 0.3, 0.4]) }),
      new ToyDense(false, { weight: weight(1, 4), bias: tensor([0.5]) }),
    ];
    const position = { epoch: 3, step: 120, random: Int32Array.of(1, -2, 3, -4) };
    return new ToyNet({ layers, momenta: [weight(4, 2), weight(1, 4)], position });
  }
}
