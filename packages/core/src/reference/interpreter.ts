/**
 * The reference machine: runs plans on typed arrays, element by element, in plain JavaScript. Slow and exact: float32
 * operations are rounded one by one, sums are kept in float64 and rounded once. It is the oracle that every other
 * machine is compared with, and the machine of tensors that were made without naming one.
 */
import type { Backend, BackendBuffer, BoundPlan, Executable } from "../backend/backend.ts";
import { type Kernel, type KernelNode, neutral, type ReduceOp } from "../backend/kernel.ts";
import type { KernelStep, Place, Plan, RoutineStep, Step, View } from "../backend/plan.ts";
import { type DType, isFloat, newArray, type TypedArray } from "../dtype.ts";
import { MachineError } from "../errors.ts";
import { REFERENCE_ROUTINES } from "./routines/table.ts";
import { cast, scalarFunction, store } from "./scalar.ts";
import type { ReferenceView } from "./view.ts";

interface HostBuffer extends BackendBuffer {
  readonly data: TypedArray;
}

/** A new reference machine. */
export function referenceBackend(): Backend {
  return {
    name: "reference",
    // Tensors show their elements in place (`data`); whoever holds them may do so after the tensor is gone.
    collected: true,
    alloc: (dtype, size): HostBuffer => ({ dtype, size, data: newArray(dtype, size) }),
    free: () => undefined,
    write: (buffer, data, offset) => hostArray(buffer).set(data, offset),
    read: async (buffer, offset, size) => hostArray(buffer).slice(offset, offset + size),
    view: hostArray,
    lacks: () => undefined,
    compile: interpret,
    close: () => undefined,
  };
}

function hostArray(buffer: BackendBuffer): TypedArray {
  if ("data" in buffer) return (buffer as HostBuffer).data;
  throw new MachineError("reference", "the buffer belongs to another machine", { dtype: buffer.dtype });
}

function interpret(plan: Plan): Executable {
  return {
    bind(buffers): BoundPlan {
      const arrays = buffers.map(hostArray);
      const calls = plan.steps.map((step) => prepareStep(step, arrays));
      return {
        calls: calls.length,
        run(from = 0, to = calls.length): void {
          for (let i = from; i < to; i++) calls[i]?.();
        },
      };
    },
  };
}

function prepareStep(step: Step, arrays: readonly TypedArray[]): () => void {
  return step.kind === "kernel" ? () => runKernel(step, arrays) : () => runRoutine(step, arrays);
}

function runRoutine(step: RoutineStep, arrays: readonly TypedArray[]): void {
  const bind = (view: View): ReferenceView => ({ ...view, data: at(arrays, view) });
  const routine = REFERENCE_ROUTINES[step.call.name] as (
    params: object,
    inputs: readonly ReferenceView[],
    outputs: readonly ReferenceView[],
  ) => void;
  routine(step.call.params, step.inputs.map(bind), step.outputs.map(bind));
}

function at(arrays: readonly TypedArray[], place: Place): TypedArray {
  const array = arrays[place.buffer];
  if (!array) throw new MachineError("reference", "a plan names a buffer it does not have", { buffer: place.buffer });
  return array;
}

function runKernel(step: KernelStep, arrays: readonly TypedArray[]): void {
  const { kernel } = step;
  const evaluate = expression(
    kernel,
    step.loads.map((place, i) => cursor(kernel, i, place, arrays)),
  );
  const targets = step.stores.map((place) => ({ array: at(arrays, place), offset: place.offset }));
  const kept = kernel.shape.length - (kernel.reduce?.axes ?? 0);
  const inner = kernel.shape.slice(kept);
  const index = new Array<number>(kernel.shape.length).fill(0);
  forEachIndex(kernel.shape.slice(0, kept), index, 0, () => {
    if (kernel.reduce) fold(kernel, evaluate, index, inner, kept);
    else evaluate.at(index);
    kernel.stores.forEach((target, i) => {
      const place = targets[i];
      if (place) place.array[place.offset + dot(index, target.strides)] = evaluate.values[target.node] ?? 0;
    });
  });
}

/** Reads one load at an index. */
type Cursor = (index: readonly number[]) => number;

function cursor(kernel: Kernel, load: number, place: Place, arrays: readonly TypedArray[]): Cursor {
  const array = at(arrays, place);
  const strides = kernel.loads[load]?.strides ?? [];
  return (index) => array[place.offset + dot(index, strides)] ?? 0;
}

interface Expression {
  readonly values: Float64Array;
  /** Fill `values` for an index. */
  at(index: readonly number[]): void;
}

function expression(kernel: Kernel, cursors: readonly Cursor[]): Expression {
  const values = new Float64Array(kernel.nodes.length);
  const rules = kernel.nodes.map((node) => rule(node, kernel.nodes, values, cursors));
  return {
    values,
    at(index): void {
      for (let i = 0; i < rules.length; i++) values[i] = rules[i]?.(index) ?? 0;
    },
  };
}

function rule(
  node: KernelNode,
  nodes: readonly KernelNode[],
  values: Float64Array,
  cursors: readonly Cursor[],
): (index: readonly number[]) => number {
  const value = (position: number | undefined): number => values[position ?? -1] ?? 0;
  switch (node.op) {
    case "load":
      return cursors[node.load] ?? (() => 0);
    case "const":
      return () => store(node.value, node.dtype);
    case "index":
      return (index) => index[node.axis] ?? 0;
    case "cast": {
      const from: DType = nodes[node.args[0]]?.dtype ?? node.dtype;
      return () => cast(value(node.args[0]), from, node.dtype);
    }
    case "select":
      return () => (value(node.args[0]) ? value(node.args[1]) : value(node.args[2]));
    default: {
      const [a, b] = node.args;
      const apply = scalarFunction(node.op, nodes[a ?? 0]?.dtype ?? node.dtype);
      return () => apply(value(a), b === undefined ? 0 : value(b));
    }
  }
}

/** Fold the innermost axes at one outer index; leaves the result where the store finds it. */
function fold(kernel: Kernel, evaluate: Expression, index: number[], inner: readonly number[], kept: number): void {
  const op = kernel.reduce?.op ?? "sum";
  const node = kernel.stores[0]?.node ?? 0;
  const dtype = kernel.nodes[node]?.dtype ?? "float64";
  let total = neutral(op, dtype);
  forEachIndex(inner, index, kept, () => {
    evaluate.at(index);
    const value = evaluate.values[node] ?? 0;
    // A product of integers beyond 2^53 would lose the low bits that wrapping keeps.
    if (isFloat(dtype)) total = FOLD[op](total, value);
    else total = store(op === "prod" ? Math.imul(total, value) : FOLD[op](total, value), dtype);
  });
  index.fill(0, kept);
  evaluate.values[node] = store(total, dtype);
}

const FOLD: Readonly<Record<ReduceOp, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  prod: (a, b) => a * b,
  max: Math.max,
  min: Math.min,
};

function forEachIndex(shape: readonly number[], index: number[], first: number, visit: () => void): void {
  const walk = (axis: number): void => {
    if (axis === shape.length) return visit();
    const size = shape[axis] ?? 0;
    for (let i = 0; i < size; i++) {
      index[first + axis] = i;
      walk(axis + 1);
    }
    index[first + axis] = 0;
  };
  walk(0);
}

function dot(index: readonly number[], strides: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < strides.length; i++) sum += (index[i] ?? 0) * (strides[i] ?? 0);
  return sum;
}
