/**
 * The base of optimizers: options, the count of steps, and for each weight its slots (momentum and the like). An optimizer
 * belongs to one net: `compile` ties it to the net's weights.
 *
 * One of one's own has a `className`, an option schema with `learningRate`, names of slots, and `next`:
 *
 *     class SignDescent extends Optimizer<{ learningRate?: number }> {
 *       static override readonly className = "SignDescent";
 *       static override readonly options = { learningRate: learningRateOption(0.001) };
 *       protected next({ value, gradient, learningRate }: Update): NextValues {
 *         return { value: sub(value, mul(learningRate, sign(gradient))), slots: {} };
 *       }
 *     }
 */
import {
  add,
  type Checker,
  cast,
  check,
  DataError,
  type Description,
  type Device,
  OptionError,
  type OptionSchema,
  resolveOptions,
  type Saveable,
  type Tensor,
  tensor,
  Variable,
  zeros,
} from "@skein-ml/core";

/** What `next` gets for one weight. */
export interface Update {
  readonly value: Tensor;
  readonly gradient: Tensor;
  /** By name; zeros before the first step. */
  readonly slots: Readonly<Record<string, Tensor>>;
  /** Scalar of the weight's dtype. */
  readonly learningRate: Tensor;
  /** Which step this is, from 1: a scalar of the weight's dtype. */
  readonly step: Tensor;
}

/** What `next` gives. */
export interface NextValues {
  readonly value: Tensor;
  readonly slots: Readonly<Record<string, Tensor>>;
}

/** Values of an optimizer's slots by the path of their weight, then by name. */
export type SlotValues<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

/** A learning rate: a number of at least 0. */
export function learningRateOption(byDefault: number): Checker<number> {
  return check.number({ min: 0, max: Number.MAX_VALUE, default: byDefault });
}

export abstract class Optimizer<O extends object = object> implements Saveable {
  /** The name in errors and files. */
  static readonly className: string = "";
  static readonly options: OptionSchema = {};
  /** Names of the values it keeps for each weight. */
  static readonly slots: readonly string[] = [];

  readonly options: Readonly<Required<O>>;
  #learningRate: number;
  #steps: Variable | undefined;
  #slots = new Map<string, Map<string, Variable>>();

  /** @throws OptionError for an option that is unknown, of the wrong type or out of range */
  constructor(options: O = {} as O) {
    const { className, options: schema } = this.class;
    this.options = resolveOptions(className, schema, options) as Readonly<Required<O>>;
    this.#learningRate = "learningRate" in this.options ? Number(this.options.learningRate) : 0;
  }

  get class(): { readonly className: string; readonly options: OptionSchema; readonly slots: readonly string[] } {
    return this.constructor as typeof Optimizer;
  }

  /** The learning rate; may be changed between steps, by a callback for instance. */
  get learningRate(): number {
    return this.#learningRate;
  }

  set learningRate(value: number) {
    const schema = { learningRate: learningRateOption(0) };
    this.#learningRate = resolveOptions(this.class.className, schema, { learningRate: value }).learningRate as number;
  }

  /** Everything training changes: the count of steps and all slots. Empty before the first `fit`. */
  get variables(): Variable[] {
    return this.#steps ? [this.#steps, ...[...this.#slots.values()].flatMap((slots) => [...slots.values()])] : [];
  }

  /** Steps taken so far, an int32 scalar. */
  get steps(): Variable {
    if (this.#steps) return this.#steps;
    throw new OptionError(`${this.class.className}.steps`, "the optimizer is not tied to a net", {}, "Call fit first.");
  }

  /** Values of the slots, for files. */
  get slotValues(): SlotValues<Tensor> {
    const valuesOf = (slots: Map<string, Variable>): Record<string, Tensor> =>
      Object.fromEntries([...slots].map(([name, variable]) => [name, variable.value]));
    return Object.fromEntries([...this.#slots].map(([path, slots]) => [path, valuesOf(slots)]));
  }

  /**
   * @internal Make the slots that are missing for these weights.
   * @throws OptionError if the optimizer serves another net
   */
  async bind(weights: ReadonlyMap<string, Variable>, device: Device): Promise<void> {
    this.#checkSameNet(weights);
    this.#addMissing(weights, device);
    for (const variable of this.variables) await variable.moveTo(device);
  }

  #addMissing(weights: ReadonlyMap<string, Variable>, device: Device): void {
    this.#steps ??= counter(device);
    for (const [path, weight] of weights) {
      const slots = this.#slots.get(path) ?? new Map<string, Variable>();
      for (const name of this.class.slots)
        if (!slots.has(name)) slots.set(name, blank(`${path}.${name}`, weight, device));
      this.#slots.set(path, slots);
    }
  }

  /**
   * @internal Steps and slots as a file has them.
   * @throws DataError if a slot is missing or does not fit
   */
  resume(steps: number, values: SlotValues<Tensor>, weights: ReadonlyMap<string, Variable>, device: Device): void {
    this.dispose();
    this.#addMissing(weights, device);
    this.steps.set(Int32Array.of(steps));
    for (const [path, slots] of this.#slots) {
      for (const [name, slot] of slots) {
        const value = values[path]?.[name];
        if (!value || value.dtype !== slot.dtype || String(value.shape) !== String(slot.shape)) {
          throw new DataError(this.class.className, "a slot is missing or does not fit its weight", { path, name });
        }
        slot.set(value.data);
      }
    }
  }

  /** One step, inside a recorded program: weights, slots and the count get their next values. */
  update(weights: ReadonlyMap<string, Variable>, gradients: readonly Tensor[], learningRate: Tensor): void {
    const step = add(this.steps.value, 1);
    this.steps.assign(step);
    [...weights].forEach(([path, weight], i) => {
      const gradient = gradients[i];
      const slots = this.#slots.get(path);
      if (!gradient || !slots)
        throw new OptionError(this.class.className, "a weight has no gradient or slots", { path });
      const next = this.next({
        value: weight.value,
        gradient,
        slots: Object.fromEntries([...slots].map(([name, slot]) => [name, slot.value])),
        learningRate: cast(learningRate, weight.dtype),
        step: cast(step, weight.dtype),
      });
      weight.assign(next.value);
      for (const [name, slot] of slots) slot.assign(next.slots[name] ?? slot.value);
    });
  }

  /** For model files: the options, with the learning rate as it is now. Steps and slots stand with the net's weights. */
  describe(): Description {
    return { options: { ...this.options, learningRate: this.#learningRate }, state: undefined };
  }

  /** For model files: an optimizer from a description, checked. */
  static restore<T extends Optimizer>(this: new (options: never) => T, description: Description): T {
    // biome-ignore lint/complexity/noThisInStatic: it makes an object of the class it is called on
    const Class = this as new (options: object) => T;
    return new Class(description.options);
  }

  /** The next values of one weight and its slots. */
  protected abstract next(update: Update): NextValues;

  /** Give the memory of slots and count back; the next `fit` begins with fresh ones. */
  dispose(): void {
    for (const variable of this.variables) variable.dispose();
    this.#steps = undefined;
    this.#slots.clear();
  }

  #checkSameNet(weights: ReadonlyMap<string, Variable>): void {
    for (const [path, slots] of this.#slots) {
      const weight = weights.get(path);
      const fits = [...slots.values()].every((slot) => weight && String(slot.shape) === String(weight.shape));
      if (weight && !fits) {
        throw new OptionError(
          this.class.className,
          "the optimizer serves another net already",
          { path },
          "Make a new one for each net.",
        );
      }
    }
  }
}

function counter(device: Device): Variable {
  using zero = tensor(0, { dtype: "int32", device });
  return new Variable(zero, { name: "steps", trainable: false });
}

function blank(name: string, { shape, dtype }: Variable, device: Device): Variable {
  using zero = zeros(shape, { dtype, device });
  return new Variable(zero, { name, trainable: false });
}
