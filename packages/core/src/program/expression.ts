/**
 * Expressions: values that are not in memory yet, as trees of scalar operations over strided loads. Lowering builds
 * them up while it can and turns each into one fused kernel.
 */
import type { Kernel, KernelLoad, KernelNode, ReduceOp } from "../backend/kernel.ts";
import type { KernelStep, Place } from "../backend/plan.ts";
import type { ScalarOp } from "../backend/scalar-ops.ts";
import type { DType } from "../dtype.ts";
import type { Shape } from "../tensor/strides.ts";
import type { Layout } from "./primitive.ts";

/** A scalar at every index of some shape. Shared parts are shared objects. */
export type Expression =
  | { readonly op: "load"; readonly dtype: DType; readonly buffer: number; readonly layout: Layout }
  | { readonly op: "const"; readonly dtype: DType; readonly value: number }
  /** An affine function of the index, as int32: `layout.offset + Σ i[a]·layout.strides[a]`. */
  | { readonly op: "affine"; readonly dtype: "int32"; readonly layout: Layout }
  | { readonly op: "cast"; readonly dtype: DType; readonly args: readonly [Expression] }
  | { readonly op: "select"; readonly dtype: DType; readonly args: readonly [Expression, Expression, Expression] }
  | { readonly op: ScalarOp; readonly dtype: DType; readonly args: readonly Expression[] };

/** Where a kernel writes: strides for each axis of the shape. */
export interface Target extends Place {
  readonly strides: readonly number[];
}

/** Number of scalar operations, shared parts counted once, and of loads. */
export function cost(expression: Expression): { operations: number; loads: number } {
  const seen = new Set<Expression>();
  const count = { operations: 0, loads: 0 };
  const walk = (part: Expression): void => {
    if (seen.has(part)) return;
    seen.add(part);
    if (part.op === "load") count.loads++;
    if (!("args" in part)) return;
    count.operations++;
    part.args.forEach(walk);
  };
  walk(expression);
  return count;
}

/**
 * The expression seen through a view: every leaf's layout transformed.
 * @returns `undefined` if a leaf can't be seen so without a copy
 */
export function viewed(
  expression: Expression,
  transform: (layout: Layout) => Layout | undefined,
): Expression | undefined {
  const done = new Map<Expression, Expression | undefined>();
  const walk = (part: Expression): Expression | undefined => {
    if (!done.has(part)) done.set(part, transformPart(part, transform, walk));
    return done.get(part);
  };
  return walk(expression);
}

function transformPart(
  part: Expression,
  transform: (layout: Layout) => Layout | undefined,
  walk: (part: Expression) => Expression | undefined,
): Expression | undefined {
  if (part.op === "const") return part;
  if (part.op === "load" || part.op === "affine") {
    const layout = transform(part.layout);
    return layout && { ...part, layout };
  }
  const args = part.args.map(walk);
  if (args.includes(undefined)) return undefined;
  return { ...part, args } as Expression;
}

/** One kernel that computes `expression` over `shape` and writes it to `target`. */
export function elementwiseKernel(expression: Expression, shape: Shape, target: Target): KernelStep {
  const axes = shape.map((_, axis) => axis);
  return kernel(expression, shape, axes, target, undefined);
}

/** One kernel that folds `expression` over `axes` of `shape`; `target.strides` are for the axes that stay. */
export function reduceKernel(
  expression: Expression,
  shape: Shape,
  axes: readonly number[],
  op: ReduceOp,
  target: Target,
): KernelStep {
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  return kernel(expression, shape, [...kept, ...axes], target, { op, axes: axes.length });
}

function kernel(
  expression: Expression,
  shape: Shape,
  order: readonly number[],
  target: Target,
  reduce: Kernel["reduce"],
): KernelStep {
  const body = new Body(order);
  const node = body.add(expression);
  return {
    kind: "kernel",
    kernel: {
      shape: order.map((axis) => shape[axis] ?? 1),
      loads: body.loads,
      nodes: body.nodes,
      ...(reduce && { reduce }),
      stores: [{ node, strides: target.strides }],
    },
    loads: body.places,
    stores: [{ buffer: target.buffer, offset: target.offset }],
  };
}

/** Collects the nodes of a kernel; equal loads and shared parts become one node. */
class Body {
  readonly nodes: KernelNode[] = [];
  readonly loads: KernelLoad[] = [];
  readonly places: Place[] = [];
  readonly #order: readonly number[];
  readonly #known = new Map<Expression, number>();
  readonly #leaves = new Map<string, number>();

  constructor(order: readonly number[]) {
    this.#order = order;
  }

  add(part: Expression): number {
    const known = this.#known.get(part);
    if (known !== undefined) return known;
    const position = this.#make(part);
    this.#known.set(part, position);
    return position;
  }

  #make(part: Expression): number {
    switch (part.op) {
      case "load":
        return this.#leaf(`load ${part.buffer} ${part.layout.offset} ${part.layout.strides}`, () => this.#load(part));
      case "const":
        return this.#constant(part.value, part.dtype);
      case "affine":
        return this.#affine(part.layout);
      default: {
        const args = part.args.map((arg) => this.add(arg));
        return this.#push({ op: part.op, dtype: part.dtype, args } as KernelNode);
      }
    }
  }

  #load(part: Expression & { op: "load" }): KernelNode {
    const load = this.loads.push({
      dtype: part.dtype,
      strides: this.#order.map((axis) => part.layout.strides[axis] ?? 0),
    });
    this.places.push({ buffer: part.buffer, offset: part.layout.offset });
    return { op: "load", dtype: part.dtype, load: load - 1 };
  }

  #constant(value: number, dtype: DType): number {
    return this.#leaf(`const ${dtype} ${Object.is(value, -0) ? "-0" : value}`, () => ({ op: "const", dtype, value }));
  }

  #affine(layout: Layout): number {
    let sum: number | undefined = layout.offset === 0 ? undefined : this.#constant(layout.offset, "int32");
    this.#order.forEach((axis, loopAxis) => {
      const stride = layout.strides[axis] ?? 0;
      if (stride === 0) return;
      const index = this.#leaf(`index ${loopAxis}`, () => ({ op: "index", dtype: "int32", axis: loopAxis }));
      const term = stride === 1 ? index : this.#int("mul", index, this.#constant(stride, "int32"));
      sum = sum === undefined ? term : this.#int("add", sum, term);
    });
    return sum ?? this.#constant(0, "int32");
  }

  #int(op: "mul" | "add", a: number, b: number): number {
    return this.#push({ op, dtype: "int32", args: [a, b] });
  }

  #leaf(key: string, make: () => KernelNode): number {
    const known = this.#leaves.get(key);
    if (known !== undefined) return known;
    const position = this.#push(make());
    this.#leaves.set(key, position);
    return position;
  }

  #push(node: KernelNode): number {
    return this.nodes.push(node) - 1;
  }
}
