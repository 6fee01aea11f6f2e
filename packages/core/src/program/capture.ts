/**
 * `capture`: a step that updates variables, recorded once as a whole and tied to its memory. A run then allocates nothing:
 * inputs are written into fixed places, variables are updated where they are, outputs appear in fixed tensors.
 */
import type { BoundPlan } from "../backend/backend.ts";
import type { Device, Storage } from "../backend/device.ts";
import type { TypedArray } from "../dtype.ts";
import { DataError, MachineError } from "../errors.ts";
import { sizeOf } from "../tensor/strides.ts";
import { stored, type Tensor, type TensorType } from "../tensor/tensor.ts";
import { updateInPlace } from "./in-place.ts";
import { onDevice, wholeTensor } from "./jit.ts";
import { lower } from "./lower.ts";
import type { Program } from "./program.ts";
import { trace } from "./trace.ts";
import { type Variable, withValues } from "./variable.ts";

export interface CaptureOptions {
  readonly device: Device;
  /** Everything the body reads with `value` or replaces with `assign`; all on `device`. */
  readonly variables: readonly Variable[];
  /** What is given anew to each run. */
  readonly inputs: readonly TensorType[];
}

/**
 * Record `body`, compile it for a machine and tie it to the variables' memory.
 *
 * @param body  gets the inputs, gives the outputs; reads variables and assigns to them
 * @throws MachineError if a variable is on another machine
 * @example
 * const count = new Variable(tensor([0]), { name: "count" });
 * const step = capture(
 *   ([x]) => {
 *     count.assign(add(count.value, x));
 *     return [count.value];
 *   },
 *   { device: hostDevice(), variables: [count], inputs: [{ shape: [1], dtype: "float32" }] },
 * );
 * step.write(0, Float32Array.of(3));
 * step.run();
 * step.run();
 * count.value.toArray() // => [6]
 */
export function capture(body: (inputs: readonly Tensor[]) => readonly Tensor[], options: CaptureOptions): Captured {
  const { device, variables, inputs } = options;
  for (const variable of variables) {
    if (variable.device !== device) {
      throw new MachineError(
        "capture",
        `the variable ${variable.name} is on another machine`,
        { came: variable.device.name, wanted: device.name },
        "Move it with `await variable.moveTo(device)`.",
      );
    }
  }
  let assigned: number[] = [];
  const program = trace(
    [...variables, ...inputs],
    (args) => {
      const given = args.slice(0, variables.length);
      const { result, finals } = withValues(variables, given, () => body(args.slice(variables.length)));
      assigned = variables.flatMap((_, i) => (finals[i] === given[i] ? [] : [i]));
      return [...assigned.map((i) => finals[i] as Tensor), ...result];
    },
    "capture",
  );
  return new Captured(program, assigned, options);
}

/** A recorded step, ready to run. */
export class Captured {
  /** What the body gave; each run puts new values into the same memory. */
  readonly outputs: readonly Tensor[];
  readonly #inputs: readonly { readonly storage: Storage; readonly type: TensorType }[];
  readonly #owned: Storage[];
  readonly #kept: readonly Tensor[];
  /** Those of `#kept` that were made for this program. */
  readonly #copies: readonly Tensor[];
  readonly #bound: BoundPlan;
  #disposed = false;

  /** @internal Use `capture`. */
  constructor(program: Program, assigned: readonly number[], { device, variables, inputs }: CaptureOptions) {
    const lowered = lower(program, { backend: device.backend }).plan;
    const given = program.inputs.length + program.captured.length;
    const plan = updateInPlace(
      lowered,
      assigned.map((input, i) => ({ input, output: given + i })),
    );
    const own = ({ dtype, shape }: TensorType): Storage => device.alloc(dtype, sizeOf(shape));
    const states = variables.map((variable) => stored(variable.value, "capture").storage);
    const results = program.outputs.slice(assigned.length).map((id) => program.values[id] as TensorType);
    const used = new Set(
      plan.steps.flatMap((step) => (step.kind === "kernel" ? step.stores : []).map((s) => s.buffer)),
    );
    this.#inputs = inputs.map((type) => ({ type, storage: own(type) }));
    this.#kept = program.captured.map(({ tensor }) => onDevice(tensor, device));
    this.#copies = this.#kept.filter((x, i) => x !== program.captured[i]?.tensor);
    // An output written in place is in no step any more; the variable's memory stands in for it in the table.
    const next = assigned.map((i, k) => (used.has(given + k) ? own(variables[i] as Variable) : (states[i] as Storage)));
    const outputs = results.map(own);
    const temps = plan.buffers
      .slice(given + program.outputs.length)
      .map(({ dtype, size }) => device.alloc(dtype, size));
    this.#bound = device.bind(plan, [
      ...states,
      ...this.#inputs.map(({ storage }) => storage),
      ...this.#kept.map((x) => stored(x, "capture").storage),
      ...next,
      ...outputs,
      ...temps,
    ]);
    this.#owned = [...this.#inputs.map(({ storage }) => storage), ...next.filter((s) => !states.includes(s)), ...temps];
    this.outputs = outputs.map((storage, i) => wholeTensor(storage, results[i] as TensorType));
  }

  /**
   * Put elements into input `index`, in row-major order.
   * @throws DataError if there are too many or too few
   */
  write(index: number, data: TypedArray): void {
    const input = this.#inputs[index];
    if (!input || data.length !== sizeOf(input.type.shape)) {
      throw new DataError("write", `${data.length} elements do not fill input ${index}`, { shape: input?.type.shape });
    }
    input.storage.write(data);
  }

  /** One step. */
  run(): void {
    this.#check();
    this.#bound.run();
  }

  /**
   * One step, calling `turn` between the machine's calls so that a long step lets the event loop in. `turn` gives a
   * promise when it is time to wait.
   */
  async runInTurns(turn: () => Promise<void> | undefined): Promise<void> {
    this.#check();
    for (let i = 0; i < this.#bound.calls; i++) {
      this.#bound.run(i, i + 1);
      const wait = turn();
      if (wait !== undefined) await wait;
    }
  }

  /** Give the memory back. The variables stay. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const storage of this.#owned) storage.release();
    for (const made of [...this.#copies, ...this.outputs]) made.dispose();
  }

  #check(): void {
    if (this.#disposed) throw new MachineError("run", "the captured step was disposed");
  }
}
