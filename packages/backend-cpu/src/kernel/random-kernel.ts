/**
 * For tests: random kernels as fast-check arbitraries. Every loop shape, mixture of dtypes, layout and reduction may
 * come; operations are those whose result is exact, so that results can be compared bit by bit (sums and products of
 * floats aside).
 */
import {
  type DType,
  isFloat,
  type Kernel,
  type KernelLoad,
  type KernelNode,
  newArray,
  type ReduceOp,
  SCALAR_OPS,
  type ScalarOp,
  type TypedArray,
} from "@skein-ml/core";
import fc from "fast-check";
import { type KernelCase, rowMajor } from "./compare-kernels.ts";

const DTYPES: readonly DType[] = ["float32", "float64", "int32", "uint8", "bool"];
const INEXACT: readonly ScalarOp[] = [
  "exp",
  "log",
  "log1p",
  "expm1",
  "tanh",
  "sigmoid",
  "erf",
  "sin",
  "cos",
  "tan",
  "atan",
  "pow",
];
const OPERANDS: Readonly<Record<string, readonly DType[]>> = {
  float: ["float32", "float64"],
  number: ["float32", "float64", "int32", "uint8"],
  integer: ["int32", "uint8"],
  bits: ["int32", "uint8", "bool"],
  any: DTYPES,
};

/** Draws from a range; all choices come from one list of numbers, which fast-check shrinks. */
class Draw {
  readonly #numbers: readonly number[];
  #next = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  below(limit: number): number {
    const number = this.#numbers[this.#next++ % this.#numbers.length] ?? 0;
    return limit > 0 ? number % limit : 0;
  }

  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent;
  }

  from<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}

/** A random kernel with its memory. */
export function kernelCase(): fc.Arbitrary<KernelCase> {
  return fc
    .array(fc.nat({ max: 1_000_000 }), { minLength: 80, maxLength: 80 })
    .map((numbers) => build(new Draw(numbers)));
}

function build(draw: Draw): KernelCase {
  const rank = draw.below(5);
  const sizes = rank < 2 ? [0, 1, 2, 3, 4, 5, 8, 17, 33, 100] : [1, 1, 2, 3, 4, 5, 7, 9, 16];
  const shape = Array.from({ length: rank }, () => draw.from(sizes));
  const dtypes = draw.chance(50)
    ? [draw.from(DTYPES)]
    : draw.chance(50)
      ? (["float32", "int32", "bool"] as const)
      : DTYPES;
  const loads = Array.from({ length: 1 + draw.below(3) }, () => ({
    dtype: draw.from(dtypes),
    strides: layout(draw, shape),
  }));
  const nodes = expression(draw, { loads, rank, length: 1 + draw.below(8) });
  const reduce = rank > 0 && draw.chance(45) ? reduction(draw, { rank, nodes }) : undefined;
  const kept = shape.slice(0, rank - (reduce?.axes ?? 0));
  const stores = Array.from({ length: reduce ? 1 : 1 + draw.below(3) }, (_, i) => ({
    node: Math.max(0, nodes.length - 1 - i),
    strides: storeLayout(draw, kept),
  }));
  const kernel: Kernel = { shape, loads, nodes, stores, ...(reduce ? { reduce } : {}) };
  return {
    kernel,
    loads: loads
      .map((load) => ({ ...memory(shape, load.strides), dtype: load.dtype }))
      .map(({ size, offset, dtype }) => ({
        data: fill(draw, dtype, size),
        offset,
      })),
    stores: stores.map(({ strides }) => memory(kept, strides)),
  };
}

/** Strides of a load: contiguous, transposed, broadcast, sliced or reversed, by axis. */
function layout(draw: Draw, shape: readonly number[]): number[] {
  const strides = draw.chance(30) ? permuted(draw, shape) : rowMajor(shape);
  return strides.map((stride) => {
    if (draw.chance(15)) return 0;
    return stride * (draw.chance(10) ? 2 : 1) * (draw.chance(8) ? -1 : 1);
  });
}

/** Strides of a store: any order of axes, spread or reversed, but no two elements in one place. */
function storeLayout(draw: Draw, shape: readonly number[]): number[] {
  const strides = draw.chance(30) ? permuted(draw, shape) : rowMajor(shape);
  const wide = draw.chance(15) ? 2 : 1;
  return strides.map((stride) => stride * wide * (draw.chance(8) ? -1 : 1));
}

function permuted(draw: Draw, shape: readonly number[]): number[] {
  const order = shape.map((_, axis) => axis).sort(() => draw.below(3) - 1);
  const inner = rowMajor(order.map((axis) => shape[axis] ?? 1));
  const strides = new Array<number>(shape.length).fill(0);
  order.forEach((axis, i) => {
    strides[axis] = inner[i] ?? 0;
  });
  return strides;
}

/** How much memory a view needs, and where its first element stands in it, with some room around. */
function memory(shape: readonly number[], strides: readonly number[]): { size: number; offset: number } {
  const reach = shape.map((size, axis) => Math.max(0, size - 1) * (strides[axis] ?? 0));
  const below = reach.reduce((sum, r) => sum + Math.max(0, -r), 0);
  const above = reach.reduce((sum, r) => sum + Math.max(0, r), 0);
  return { size: below + above + 6, offset: below + 3 };
}

function fill(draw: Draw, dtype: DType, size: number): TypedArray {
  const start = draw.below(1000);
  const special = draw.chance(30);
  const array = newArray(dtype, size);
  for (let i = 0; i < size; i++) {
    const mixed = Math.imul(start + i, 0x9e3779b1) >>> 8;
    array[i] = valueOf(dtype, mixed, special);
  }
  return array;
}

const FLOAT_EDGES = [0, -0, Infinity, -Infinity, NaN, 1e-40, 3e38, 0.5, 1.5, -2.5];

function valueOf(dtype: DType, mixed: number, special: boolean): number {
  if (dtype === "bool") return mixed & 1;
  if (dtype === "uint8") return mixed & 255;
  if (dtype === "int32") return special && mixed % 7 === 0 ? mixed << 8 : (mixed % 201) - 100;
  if (special && mixed % 5 === 0) return FLOAT_EDGES[mixed % FLOAT_EDGES.length] ?? 0;
  return (mixed % 4001) / 500 - 4;
}

function expression(
  draw: Draw,
  { loads, rank, length }: { loads: readonly KernelLoad[]; rank: number; length: number },
): KernelNode[] {
  const nodes: KernelNode[] = loads.map(({ dtype }, load) => ({ op: "load", dtype, load }));
  while (nodes.length < loads.length + length) nodes.push(randomNode(draw, nodes, rank));
  return nodes;
}

function randomNode(draw: Draw, nodes: readonly KernelNode[], rank: number): KernelNode {
  const any = () => draw.below(nodes.length);
  const dtypeAt = (position: number) => nodes[position]?.dtype ?? "float32";
  const kind = draw.below(12);
  if (kind === 0) {
    const dtype = dtypeAt(any());
    return { op: "const", dtype, value: draw.from(dtype === "bool" ? [0, 1] : [0, 1, 2, 3, 77]) };
  }
  if (kind === 1 && rank > 0) return { op: "index", dtype: "int32", axis: draw.below(rank) };
  if (kind <= 3) return { op: "cast", dtype: draw.chance(50) ? dtypeAt(any()) : draw.from(DTYPES), args: [any()] };
  if (kind === 4) {
    const mask = nodes.map(({ dtype }) => dtype).lastIndexOf("bool");
    const a = any();
    if (mask >= 0) return { op: "select", dtype: dtypeAt(a), args: [mask, a, partner(draw, nodes, a)] };
  }
  const a = any();
  const dtype = dtypeAt(a);
  const ops = (Object.keys(SCALAR_OPS) as ScalarOp[]).filter(
    (op) => !INEXACT.includes(op) && OPERANDS[SCALAR_OPS[op].takes]?.includes(dtype),
  );
  const op = draw.from(ops);
  const args = SCALAR_OPS[op].arity === 1 ? [a] : [a, partner(draw, nodes, a)];
  return { op, dtype: SCALAR_OPS[op].gives === "bool" ? "bool" : dtype, args };
}

/** A node of the same dtype as `position`. */
function partner(draw: Draw, nodes: readonly KernelNode[], position: number): number {
  const alike = nodes.flatMap(({ dtype }, i) => (dtype === nodes[position]?.dtype ? [i] : []));
  return draw.from(alike);
}

function reduction(
  draw: Draw,
  { rank, nodes }: { rank: number; nodes: readonly KernelNode[] },
): { op: ReduceOp; axes: number } {
  const dtype = nodes.at(-1)?.dtype;
  const op = draw.from<ReduceOp>(dtype === "bool" ? ["max", "min"] : ["sum", "sum", "prod", "max", "min"]);
  return { op, axes: 1 + draw.below(rank) };
}

/** Whether a kernel's results depend on the order of its operations: sums and products of floats. */
export function dependsOnOrder({ reduce, nodes, stores }: Kernel): boolean {
  const dtype = nodes[stores[0]?.node ?? 0]?.dtype ?? "float32";
  return (reduce?.op === "sum" || reduce?.op === "prod") && isFloat(dtype);
}
