/**
 * `capture`: a step that updates variables, recorded once as a whole and tied to its memory. A run then allocates nothing:
 * inputs are written into fixed places, variables are updated where they are, outputs appear in fixed tensors.
 */
import type { BoundPlan } from "../backend/backend.ts";
import { type Device, type Releasable, releaseAll, type Storage } from "../backend/device.ts";
import type { TypedArray } from "../dtype.ts";
import { DataError, MachineError, OptionError } from "../errors.ts";
import { checkDType } from "../tensor/creation.ts";
import { outsideScopes } from "../tensor/scope.ts";
import { checkShape, sizeOf } from "../tensor/strides.ts";
import { stored, type Tensor, type TensorType, wholeTensor } from "../tensor/tensor.ts";
import { heldOn } from "./copy.ts";
import { updateInPlace } from "./in-place.ts";
import { lower } from "./lower.ts";
import type { Program } from "./program.ts";
import { stepBuffers } from "./share.ts";
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
  if (new Set(variables).size !== variables.length) {
    throw new OptionError("capture", "a variable is named twice", {}, "Name each variable once.");
  }
  for (const { shape, dtype } of inputs) {
    checkShape("capture", shape);
    checkDType("capture", dtype);
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

/** A recorded step, ready to run. It holds all memory it uses, that of the variables too, until it is disposed. */
export class Captured {
  /** What the body gave; each run puts new values into the same memory. */
  readonly outputs: readonly Tensor[];
  readonly #device: Device;
  readonly #inputs: readonly { readonly storage: Storage; readonly type: TensorType }[];
  readonly #memory: Releasable;
  readonly #bound: BoundPlan;
  #state: "ready" | "running" | "disposed" = "ready";

  /** @internal Use `capture`. */
  constructor(program: Program, assigned: readonly number[], { device, variables, inputs }: CaptureOptions) {
    const lowered = lower(program, { backend: device.backend }).plan;
    const given = program.inputs.length + program.captured.length;
    const plan = updateInPlace(
      lowered,
      assigned.map((input, i) => ({ input, output: given + i })),
    );
    const held: Storage[] = [];
    const hold = (storage: Storage): Storage => {
      held.push(storage);
      return storage;
    };
    const own = ({ dtype, shape }: TensorType): Storage => hold(device.alloc(dtype, sizeOf(shape)));
    try {
      const states = variables.map(({ value }) => hold(stored(value, "capture").storage.hold()));
      const used = new Set(plan.steps.flatMap(stepBuffers));
      this.#inputs = inputs.map((type) => ({ type, storage: own(type) }));
      const captured = program.captured.map(({ tensor }) => hold(heldOn(tensor, device)));
      // An output written in place is in no step any more; the variable's memory stands in for it in the table.
      const next = assigned.map((i, k) =>
        used.has(given + k) ? own(variables[i] as Variable) : (states[i] as Storage),
      );
      const results = program.outputs.slice(assigned.length).map((id) => program.values[id] as TensorType);
      const outputs = results.map(own);
      const temporaries = plan.buffers.slice(given + program.outputs.length);
      this.#bound = device.bind(plan, [
        ...states,
        ...this.#inputs.map(({ storage }) => storage),
        ...captured,
        ...next,
        ...outputs,
        ...temporaries.map(({ dtype, size }) => hold(device.alloc(dtype, size))),
      ]);
      this.outputs = outsideScopes(() =>
        outputs.map((storage, i) => wholeTensor(storage.hold(), results[i] as TensorType)),
      );
    } catch (error) {
      releaseAll(held).release();
      throw error;
    }
    this.#device = device;
    this.#memory = releaseAll(held);
    device.watch(this, this.#memory);
  }

  /**
   * Put elements into input `index`, in row-major order.
   * @throws DataError     if there are too many or too few
   * @throws MachineError  if a run is under way, or the step was disposed
   */
  write(index: number, data: TypedArray): void {
    this.#checkReady("write");
    const input = this.#inputs[index];
    if (!input || data.length !== sizeOf(input.type.shape)) {
      throw new DataError("write", `${data.length} elements do not fill input ${index}`, { shape: input?.type.shape });
    }
    input.storage.write(data);
  }

  /**
   * One step.
   * @throws MachineError  if a run is under way, or the step was disposed
   */
  run(): void {
    this.#checkReady("run");
    this.#bound.run();
  }

  /**
   * One step, calling `turn` between the machine's calls so that a long step lets the event loop in. `turn` gives a
   * promise when it is time to wait. If it throws, the step ends there: part of the variables may be updated.
   *
   * @throws MachineError  if a run is under way, or the step was disposed, also meanwhile
   */
  async runInTurns(turn: () => Promise<void> | undefined): Promise<void> {
    this.#checkReady("runInTurns");
    this.#state = "running";
    try {
      for (let i = 0; i < this.#bound.calls; i++) {
        this.#bound.run(i, i + 1);
        const wait = turn();
        if (wait !== undefined) await wait;
        this.#checkLiving("runInTurns");
      }
    } finally {
      if (this.#state === "running") this.#state = "ready";
    }
  }

  /** Give the memory back. The variables keep theirs. */
  dispose(): void {
    if (this.#state === "disposed") return;
    this.#state = "disposed";
    this.#device.forget(this);
    this.#memory.release();
    for (const output of this.outputs) output.dispose();
  }

  #checkReady(call: string): void {
    this.#checkLiving(call);
    if (this.#state === "ready") return;
    throw new MachineError(call, "a run of this step is under way", {}, "Await it first.");
  }

  #checkLiving(call: string): void {
    if (this.#state === "disposed") throw new MachineError(call, "the captured step was disposed");
  }
}
