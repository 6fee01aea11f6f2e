/**
 * Kernel to WebAssembly: a function `run` whose parameters are the byte addresses of the loads, then of the stores.
 * Shapes and strides are baked in. The steps: nest.ts plans the loops, this file writes them and evaluates each node in
 * the outermost loop it varies in, and scalar-code.ts, casts.ts, access.ts and fold.ts write what happens inside.
 */
import type { Kernel, KernelNode } from "@skein-ml/core";
import type { FunctionBuilder, Local, Module } from "../wasm/assembler.ts";
import { loadCode, type Row, storeCode, type Tile } from "./access.ts";
import { castCode } from "./casts.ts";
import { Fold } from "./fold.ts";
import { LaneEmitter, type Lanes, part } from "./lanes.ts";
import { type Axis, type Nest, planNest } from "./nest.ts";
import {
  type CalledFunctions,
  constantCode,
  importCalled,
  indexCode,
  scalarCode,
  shiftByConstant,
} from "./scalar-code.ts";

/** Define the kernel's function `run` in a module. */
export function generateKernel(module: Module, kernel: Kernel): void {
  const called = importCalled(
    module,
    kernel.nodes.map((node) => node.op),
  );
  const accesses = [...kernel.loads, ...kernel.stores];
  const params = Object.fromEntries(accesses.map((_, i) => [`address${i}`, "i32" as const]));
  module.function("run", params, (f, addresses) => {
    if (!kernel.shape.slice(0, keptRank(kernel)).includes(0)) {
      new KernelCode(f, kernel, { addresses: Object.values(addresses), called }).write();
    }
  });
}

function keptRank(kernel: Kernel): number {
  return kernel.shape.length - (kernel.reduce?.axes ?? 0);
}

class KernelCode {
  readonly #f: FunctionBuilder;
  readonly #m: LaneEmitter;
  readonly #kernel: Kernel;
  readonly #nest: Nest;
  readonly #called: CalledFunctions;
  /** Address of each access at the current position of the loops. */
  readonly #addresses: readonly Local<"i32">[];
  /** The loop in which each node varies: a position in `Nest.order`, -1 for none; undefined if it isn't used. */
  readonly #levels: readonly (number | undefined)[];
  readonly #values: Lanes[] = [];
  /** Current index of the kernel axes that are asked for. */
  readonly #indices = new Map<number, Local<"i32">>();
  readonly #cost: number;
  readonly #copies: number;

  constructor(
    f: FunctionBuilder,
    kernel: Kernel,
    { addresses, called }: { addresses: readonly Local<"i32">[]; called: CalledFunctions },
  ) {
    const wide = [...kernel.nodes, ...kernel.loads].some(({ dtype }) => dtype === "float64");
    this.#f = f;
    this.#m = new LaneEmitter(f, wide ? 2 : 4);
    this.#kernel = kernel;
    this.#nest = planNest(kernel, this.#m.count);
    this.#called = called;
    this.#addresses = addresses;
    this.#levels = nodeLevels(kernel, this.#nest);
    this.#cost = bodyCost(kernel, this.#levels);
    this.#copies = copiesFor(this.#cost, kernel.reduce !== undefined);
  }

  write(): void {
    this.#evaluate(-1, { copies: 1, active: 1 });
    const { order, vector } = this.#nest;
    if (!this.#kernel.reduce) {
      this.#loops(0, vector, () => this.#tiles((tile) => this.#storeNodes(tile)));
    } else if (vector === order.length - 1 && vector >= this.#nest.reduced) {
      this.#foldVectors(this.#kernel.reduce.op);
    } else {
      this.#foldLanes(this.#kernel.reduce.op);
    }
  }

  /** The vector loop is the innermost and folded: one accumulator for all lanes. */
  #foldVectors(op: NonNullable<Kernel["reduce"]>["op"]): void {
    const { vector, reduced } = this.#nest;
    const node = this.#kernel.stores[0]?.node ?? 0;
    const fold = new Fold(this.#m, op, this.#node(node).dtype);
    this.#loops(0, reduced, () => {
      const total = fold.start();
      this.#loops(reduced, vector, () => this.#tiles((tile) => fold.addTile(total, this.#value(node), tile)));
      this.#store(0, fold.single(total), { copies: 1, active: 1 });
    });
  }

  /** The vector loop runs over results: an accumulator for each copy, and the folded loops inside. */
  #foldLanes(op: NonNullable<Kernel["reduce"]>["op"]): void {
    const { order, vector, reduced } = this.#nest;
    const node = this.#kernel.stores[0]?.node ?? 0;
    const fold = new Fold(this.#m, op, this.#node(node).dtype);
    this.#loops(0, vector, () =>
      this.#tiles((tile) => {
        const totals = Array.from({ length: tile.copies }, () => fold.start());
        const add = () => totals.forEach((total, c) => fold.add(total, part(this.#value(node), c)));
        this.#loops(reduced, order.length, add, tile);
        this.#store(0, fold.lanes(totals), tile);
      }),
    );
  }

  /** Loops `from` up to `to` (positions in the order) around `body`. */
  #loops(from: number, to: number, body: () => void, tile: Tile = { copies: 1, active: 1 }): void {
    const axis = this.#nest.order[from];
    if (from === to || !axis) return body();
    this.#f.for(axis.size, (i) => {
      if (axis.index !== undefined) this.#indices.set(axis.index, i);
      this.#evaluate(from, tile);
      this.#loops(from + 1, to, body, tile);
      this.#advance(axis, 1);
    });
    this.#advance(axis, -axis.size);
  }

  /** The vector loop: whole tiles, the remaining vectors, the remaining elements. */
  #tiles(body: (tile: Tile) => void): void {
    const { order, vector } = this.#nest;
    const axis = order[vector];
    if (!axis) return;
    const { count } = this.#m;
    const step = this.#copies * count;
    const whole = Math.floor(axis.size / step);
    const vectors = Math.floor((axis.size - whole * step) / count);
    const position = this.#f.local("i32");
    if (axis.index !== undefined) {
      this.#f.set(position, 0);
      this.#indices.set(axis.index, position);
    }
    const run = (copies: number, active: number) => {
      const tile = { copies, active };
      this.#evaluate(vector, tile);
      body(tile);
      this.#advance(axis, copies * active);
      if (axis.index !== undefined) this.#f.add(position, copies * active);
    };
    if (whole === 1) run(this.#copies, count);
    else this.#f.for(whole, () => run(this.#copies, count));
    // Long bodies aren't written out once more for each remaining vector.
    if (vectors * this.#cost > 100) this.#f.for(vectors, () => run(1, count));
    else if (vectors > 0) run(vectors, count);
    if (axis.size % count > 0) run(1, axis.size % count);
    this.#advance(axis, -axis.size);
  }

  /** Move all addresses by `elements` along an axis. */
  #advance(axis: Axis, elements: number): void {
    this.#addresses.forEach((address, i) => this.#f.add(address, elements * (axis.strides[i] ?? 0)));
  }

  /** Compute the nodes that vary in loop `level` but in none inside it. */
  #evaluate(level: number, tile: Tile): void {
    this.#kernel.nodes.forEach((node, i) => {
      if (this.#levels[i] === level) this.#values[i] = this.#nodeCode(node, tile);
    });
  }

  #nodeCode(node: KernelNode, tile: Tile): Lanes {
    const m = this.#m;
    switch (node.op) {
      case "load":
        return loadCode(m, this.#row(node.load, node.dtype), tile);
      case "const":
        return constantCode(m, node.dtype, node.value);
      case "index":
        return this.#index(node.axis, tile);
      case "cast":
        return castCode(m, this.#value(node.args[0]), this.#node(node.args[0]).dtype, node.dtype);
      case "select": {
        const [mask, a, b] = node.args.map((arg) => this.#value(arg)) as [Lanes, Lanes, Lanes];
        return m.pick(node.dtype === "float64" ? m.widenMask(mask) : mask, a, b);
      }
      default:
        return this.#operation(node);
    }
  }

  #operation(node: Extract<KernelNode, { readonly args: readonly number[] }>): Lanes {
    const [first = 0, second = first] = node.args;
    const { dtype } = this.#node(first);
    const [a, b] = [this.#value(first), this.#value(second)];
    const right = this.#node(second);
    const fixed = right.op === "const" ? right.value : undefined;
    if ((node.op === "shiftLeft" || node.op === "shiftRight") && fixed !== undefined) {
      return shiftByConstant(this.#m, node.op, dtype, { value: a, bits: fixed });
    }
    if (node.op === "pow" && fixed === 2) return scalarCode(this.#m, "mul", dtype, { a, b: a, called: this.#called });
    if (node.op === "cast" || node.op === "select") throw new TypeError(`${node.op} is not an operation`);
    return scalarCode(this.#m, node.op, dtype, { a, b, called: this.#called });
  }

  #index(axis: number, tile: Tile): Lanes {
    const position = this.#nest.order.findIndex(({ index }) => index === axis);
    const local = this.#indices.get(axis);
    if (position < 0 || !local) return constantCode(this.#m, "int32", 0);
    return indexCode(this.#m, local, { copies: tile.copies, varies: position === this.#nest.vector });
  }

  #storeNodes(tile: Tile): void {
    this.#kernel.stores.forEach((store, i) => this.#store(i, this.#value(store.node), tile));
  }

  #store(store: number, value: Lanes, tile: Tile): void {
    const { dtype } = this.#node(this.#kernel.stores[store]?.node ?? 0);
    storeCode(this.#m, this.#row(this.#kernel.loads.length + store, dtype), tile, value);
  }

  #row(access: number, dtype: Row["dtype"]): Row {
    const address = this.#addresses[access];
    if (!address) throw new RangeError(`access ${access} of ${this.#addresses.length}`);
    return { dtype, address, stride: this.#nest.order[this.#nest.vector]?.strides[access] ?? 0 };
  }

  #node(position: number): KernelNode {
    const node = this.#kernel.nodes[position];
    if (!node) throw new RangeError(`node ${position} of ${this.#kernel.nodes.length}`);
    return node;
  }

  #value(position: number): Lanes {
    const value = this.#values[position];
    if (!value) throw new RangeError(`node ${position} is used before its place`);
    return value;
  }
}

/** The loop each node varies in, as far as it is needed for a store. */
function nodeLevels(kernel: Kernel, { order }: Nest): (number | undefined)[] {
  const used = new Set<number>();
  const visit = (position: number): void => {
    if (used.has(position)) return;
    used.add(position);
    for (const arg of argsOf(kernel.nodes[position])) visit(arg);
  };
  for (const store of kernel.stores) visit(store.node);
  const levels: (number | undefined)[] = [];
  kernel.nodes.forEach((node, i) => {
    const own = ownLevel(node, order);
    levels[i] = used.has(i) ? Math.max(own, ...argsOf(node).map((arg) => levels[arg] ?? -1)) : undefined;
  });
  return levels;
}

function argsOf(node: KernelNode | undefined): readonly number[] {
  return node && "args" in node ? node.args : [];
}

function ownLevel(node: KernelNode, order: readonly Axis[]): number {
  if (node.op === "load") return order.map(({ strides }) => strides[node.load] !== 0).lastIndexOf(true);
  if (node.op === "index") return order.findIndex(({ index }) => index === node.axis);
  return -1;
}

/** Rough number of instructions of operations with long code. */
const LONG: Readonly<Record<string, number>> = {
  exp: 25,
  expm1: 25,
  tanh: 30,
  sigmoid: 30,
  log: 35,
  log1p: 40,
  erf: 50,
  sin: 60,
  cos: 60,
  tan: 60,
  atan: 60,
  pow: 60,
  mod: 60,
  div: 4,
  shiftLeft: 4,
  shiftRight: 4,
};

/** Rough number of instructions for one vector. */
function bodyCost(kernel: Kernel, levels: readonly (number | undefined)[]): number {
  return kernel.nodes.reduce((sum, node, i) => sum + (levels[i] === undefined ? 0 : (LONG[node.op] ?? 1)), 0);
}

/** How many vectors to handle side by side: 4 is best for all but the shortest sums, long bodies are kept small. */
function copiesFor(cost: number, folds: boolean): number {
  if (folds && cost <= 6) return 8;
  return cost <= 150 ? 4 : cost <= 400 ? 2 : 1;
}
