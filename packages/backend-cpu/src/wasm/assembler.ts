/**
 * A small WebAssembly assembler: expressions are values, statements are added to a function, a module turns it all into
 * bytes. Instruction names are those of the WebAssembly text format; types are checked by TypeScript.
 *
 * An expression is code, not a result: used twice, it is computed twice. `FunctionBuilder.keep` puts it into a local.
 *
 * @example
 * const module = new Module();
 * module.function("scale", { x: "i32", n: "i32", factor: "f32" }, (f, { x, n, factor }) => {
 *   const factors = f.keep(op("f32x4.splat", factor));
 *   f.for(n, () => {
 *     f.store("v128.store", x, op("f32x4.mul", load("v128.load", x), factors));
 *     f.add(x, 16);
 *   }, { step: 4 });
 * });
 * module.instantiate(memory).scale(address, 1024, 0.5);
 */
import { EXTRACT, LANE_MEMORY, REPLACE, SATURATING, SCALAR, SCALAR_MEMORY, VECTOR, VECTOR_MEMORY } from "./opcodes.ts";

export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";
/** Bytes, nested as they were put together; flattened once, at the end. */
type Code = readonly (number | Code)[];

/** An expression of WebAssembly type `T`. `void` is a statement. */
export interface Value<T extends ValueType | "void" = ValueType | "void"> {
  readonly type: T;
  readonly code: Code;
}
export type I32 = Value<"i32">;
export type V128 = Value<"v128">;

/** A local variable or parameter; as an expression it is its current value. */
export interface Local<T extends ValueType = ValueType> extends Value<T> {
  readonly index: number;
}

/** What an instruction takes: an expression, or a number where a constant of a scalar type is meant. */
export type Arg<T extends ValueType> = Value<T> | (T extends "v128" ? never : number);

type Letters = { i: "i32"; l: "i64"; f: "f32"; d: "f64"; v: "v128" };
type Args<S extends string> = S extends `${infer Head extends keyof Letters}${infer Tail}`
  ? [Arg<Letters[Head]>, ...Args<Tail>]
  : [];
type Result<S extends string> = Value<S extends keyof Letters ? Letters[S] : "void">;
type LoadNames<T> = Extract<keyof T, `${string}load${string}`>;
type StoreNames<T> = Extract<keyof T, `${string}store${string}`>;

const PLAIN: typeof SCALAR & typeof SATURATING & typeof VECTOR = { ...SCALAR, ...SATURATING, ...VECTOR };
const LANE: typeof EXTRACT & typeof REPLACE = { ...EXTRACT, ...REPLACE };
const MEMORY: typeof SCALAR_MEMORY & typeof VECTOR_MEMORY = { ...SCALAR_MEMORY, ...VECTOR_MEMORY };
type Plain = typeof PLAIN;
type Lane = typeof LANE;
type Memory = typeof MEMORY;
export type LoadName = LoadNames<Memory>;
export type StoreName = StoreNames<Memory>;
export type LaneLoadName = LoadNames<typeof LANE_MEMORY>;
export type LaneStoreName = StoreNames<typeof LANE_MEMORY>;

const TYPES: Readonly<Record<string, ValueType>> = {
  i: "i32",
  l: "i64",
  f: "f32",
  d: "f64",
  v: "v128",
};
const TYPE_BYTES: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};
const EMPTY = 0x40;

/** An instruction without immediates, such as `op("f32x4.add", a, b)`. */
export function op<N extends keyof Plain>(name: N, ...args: Args<Plain[N][1]>): Result<Plain[N][2]> {
  const [opcode, takes, gives] = PLAIN[name];
  const prefix = name in SCALAR ? [opcode] : name in VECTOR ? [0xfd, unsigned(opcode)] : [0xfc, opcode];
  return expression([operands(takes, args), prefix], gives);
}

/** An instruction on one lane: `lane("f32x4.extract_lane", 0, v)`, `lane("f32x4.replace_lane", 0, v, x)`. */
export function lane<N extends keyof Lane>(name: N, index: number, ...args: Args<Lane[N][1]>): Result<Lane[N][2]> {
  const [opcode, takes, gives] = LANE[name];
  return expression([operands(takes, args), 0xfd, unsigned(opcode), index], gives);
}

/** A load from `address + offset` (offset >= 0, in bytes). Alignment is a hint only and left at 1. */
export function load<N extends LoadName>(name: N, address: Arg<"i32">, offset = 0): Result<Memory[N][2]> {
  const [opcode, takes, gives] = MEMORY[name];
  return expression([operands(takes, [address]), memoryOpcode(name, opcode), 0, unsigned(offset)], gives);
}

/** `vector` with lane `index` loaded from `address + offset`. */
export function loadLane(name: LaneLoadName, index: number, address: Arg<"i32">, vector: V128, offset = 0): V128 {
  const [opcode, takes] = LANE_MEMORY[name];
  const code = [operands(takes, [address, vector]), 0xfd, unsigned(opcode), 0, unsigned(offset), index];
  return { type: "v128", code };
}

/** Bytes of two vectors, picked by 16 positions: 0..15 from `a`, 16..31 from `b`. */
export function shuffle(a: V128, b: V128, positions: readonly number[]): V128 {
  return { type: "v128", code: [a.code, b.code, 0xfd, 13, positions] };
}

/** 32-bit lanes of two vectors, picked by 4 positions: 0..3 from `a`, 4..7 from `b`. */
export function shuffle32(a: V128, b: V128, positions: readonly number[]): V128 {
  return shuffle(
    a,
    b,
    positions.flatMap((p) => [4 * p, 4 * p + 1, 4 * p + 2, 4 * p + 3]),
  );
}

/** A vector constant from the numbers of its lanes (2 or 4), or one number for all. */
export function vector(shape: "i32x4" | "i64x2" | "f32x4" | "f64x2", ...lanes: readonly number[]): V128 {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  const size = shape.endsWith("x4") ? 4 : 8;
  for (let at = 0; at < 16; at += size) {
    const value = lanes[at / size] ?? lanes[0] ?? 0;
    if (shape === "f32x4") view.setFloat32(at, value, true);
    else if (shape === "f64x2") view.setFloat64(at, value, true);
    else if (shape === "i32x4") view.setInt32(at, value, true);
    else view.setBigInt64(at, BigInt(value), true);
  }
  return { type: "v128", code: [0xfd, 12, [...bytes]] };
}

/** A scalar constant. */
export function constant<T extends Exclude<ValueType, "v128">>(type: T, value: number): Value<T> {
  if (type === "i32") return { type, code: [0x41, signed(BigInt(value | 0))] };
  if (type === "i64") return { type, code: [0x42, signed(BigInt(value))] };
  if (type === "f32")
    return {
      type,
      code: [0x43, [...new Uint8Array(new Float32Array([value]).buffer)]],
    };
  return {
    type,
    code: [0x44, [...new Uint8Array(new Float64Array([value]).buffer)]],
  };
}

/** A function of a module, imported or defined, to be called with `call`. */
export interface FunctionHandle<
  P extends readonly ValueType[] = readonly ValueType[],
  R extends ValueType | "void" = ValueType | "void",
> {
  readonly index: number;
  readonly params: P;
  readonly result: R;
}

/** A call. As a statement: `f.do(call(g, x))`. */
export function call<R extends ValueType | "void">(
  callee: FunctionHandle<readonly ValueType[], R>,
  ...args: readonly (Value<ValueType> | number)[]
): Value<R> {
  const code = args.map((arg, i) => argument(arg, callee.params[i] ?? "i32"));
  return { type: callee.result, code: [code, 0x10, unsigned(callee.index)] };
}

/** A place that `break` and `continue` jump to, with the nesting depth it stands at. */
export interface Label {
  readonly depth: number;
}

/** The body of one function: statements in order, and its locals. */
export class FunctionBuilder {
  readonly #params: number;
  readonly #locals: ValueType[] = [];
  readonly #start: Code[] = [];
  #body: Code[] = [];
  #depth = 0;

  constructor(params: number) {
    this.#params = params;
  }

  /** A new local, zero at the start. */
  local<T extends ValueType>(type: T): Local<T> {
    const index = this.#params + this.#locals.push(type) - 1;
    return { type, index, code: [0x20, unsigned(index)] };
  }

  /** A new local holding `value` as it is now. */
  keep<T extends ValueType>(value: Value<T>): Local<T> {
    const local = this.local(value.type);
    this.set(local, value as Arg<T>);
    return local;
  }

  /** A new local that is set once, at the start of the function: for constants used in loops. */
  hoist<T extends ValueType>(value: Value<T>): Local<T> {
    const local = this.local(value.type);
    this.#start.push([value.code, 0x21, unsigned(local.index)]);
    return local;
  }

  set<T extends ValueType>(local: Local<T>, value: Arg<T>): void {
    this.#body.push([argument(value, local.type), 0x21, unsigned(local.index)]);
  }

  /** `local += amount`, for i32 locals: addresses and counters. */
  add(local: Local<"i32">, amount: Arg<"i32">): void {
    if (amount !== 0) this.set(local, op("i32.add", local, amount));
  }

  /** A statement made elsewhere: a call without result. */
  do(statement: Value<"void">): void {
    this.#body.push(statement.code);
  }

  /** Store `value` at `address + offset` (offset >= 0, in bytes). */
  store<N extends StoreName>(name: N, address: Arg<"i32">, value: Args<Memory[N][1]>[1], offset = 0): void {
    const [opcode, takes] = MEMORY[name];
    this.#body.push([operands(takes, [address, value]), memoryOpcode(name, opcode), 0, unsigned(offset)]);
  }

  /** Store lane `index` of a vector. */
  storeLane(name: LaneStoreName, index: number, address: Arg<"i32">, value: V128, offset = 0): void {
    const [opcode, takes] = LANE_MEMORY[name];
    this.#body.push([operands(takes, [address, value]), 0xfd, unsigned(opcode), 0, unsigned(offset), index]);
  }

  if(condition: I32, then: () => void, otherwise?: () => void): void {
    const parts: Code = otherwise ? [this.#nested(then), 0x05, this.#nested(otherwise)] : this.#nested(then);
    this.#body.push([condition.code, 0x04, EMPTY, parts, 0x0b]);
  }

  /** Statements that `f.break(label)` leaves. */
  block(body: (label: Label) => void): void {
    this.#body.push([0x02, EMPTY, this.#nested(body), 0x0b]);
  }

  /** Statements that `f.continue(label)` starts again; without it they run once. */
  loop(body: (label: Label) => void): void {
    this.#body.push([0x03, EMPTY, this.#nested(body), 0x0b]);
  }

  /** Leave a `block`, always or if `condition` isn't 0. */
  break(label: Label, condition?: I32): void {
    const target = unsigned(this.#depth - label.depth);
    this.#body.push(condition ? [condition.code, 0x0d, target] : [0x0c, target]);
  }

  /** Start a `loop` again, always or if `condition` isn't 0. */
  continue(label: Label, condition?: I32): void {
    this.break(label, condition);
  }

  /**
   * Counted loop: `body(i)` for `i = from, from + step, ...` while `i < to`, compared as signed numbers (count elements;
   * addresses above 2 GiB would be negative). With numbers for both ends the first test is left out.
   */
  for(to: Arg<"i32">, body: (i: Local<"i32">) => void, options: { from?: Arg<"i32">; step?: number } = {}): void {
    const { from = 0, step = 1 } = options;
    if (typeof from === "number" && typeof to === "number" && from >= to) return;
    const i = this.keep(typeof from === "number" ? constant("i32", from) : from);
    const repeat = () =>
      this.loop((label) => {
        body(i);
        this.add(i, step);
        this.continue(label, op("i32.lt_s", i, to));
      });
    if (typeof from === "number" && typeof to === "number") repeat();
    else this.if(op("i32.lt_s", i, to), repeat);
  }

  return(value?: Value<ValueType>): void {
    this.#body.push([value ? value.code : [], 0x0f]);
  }

  /** The code of the function's body, with its locals declared. For `Module`. */
  finish(result: Value | undefined): Uint8Array {
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    const locals = runs.map(({ type, count }) => [unsigned(count), TYPE_BYTES[type]]);
    return flatten([unsigned(runs.length), locals, this.#start, this.#body, result ? result.code : [], 0x0b]);
  }

  #nested(body: (label: Label) => void): Code {
    const outer = this.#body;
    this.#body = [];
    this.#depth++;
    // A branch at the depth of the label itself counts 0.
    body({ depth: this.#depth });
    this.#depth--;
    const code = this.#body;
    this.#body = outer;
    return code;
  }
}

/** Exports of an instantiated module: functions of numbers. */
export type Exports = Readonly<Record<string, (...args: number[]) => number>>;

/** A module: imported functions and one imported memory, defined functions, all of them exported. */
export class Module {
  readonly #types: Code[] = [];
  readonly #imports: {
    readonly name: string;
    readonly type: number;
    readonly run: (...args: number[]) => number;
  }[] = [];
  readonly #functions: {
    readonly name: string;
    readonly type: number;
    readonly code: Uint8Array;
  }[] = [];
  readonly #shared: boolean;

  /** @param options.shared whether the memory it will be given is shared */
  constructor(options: { shared: boolean } = { shared: false }) {
    this.#shared = options.shared;
  }

  /** Import a JavaScript function. All imports come before the first definition. */
  import<R extends ValueType>(
    name: string,
    params: readonly ValueType[],
    result: R,
    run: (...args: number[]) => number,
  ): FunctionHandle<readonly ValueType[], R> {
    const index = this.#imports.push({ name, type: this.#type(params, result), run }) - 1;
    return { index, params, result };
  }

  /** Define and export a function. What `body` returns is the function's result. */
  function<P extends Readonly<Record<string, ValueType>>, R extends ValueType | "void" = "void">(
    name: string,
    params: P,
    body: (f: FunctionBuilder, params: { readonly [K in keyof P]: Local<P[K]> }) => Value<R> | void,
  ): FunctionHandle<readonly ValueType[], R> {
    const types = Object.values(params);
    const locals = Object.entries(params).map(([key, type], index) => [
      key,
      { type, index, code: [0x20, unsigned(index)] },
    ]);
    const f = new FunctionBuilder(types.length);
    const value = body(f, Object.fromEntries(locals) as { readonly [K in keyof P]: Local<P[K]> });
    const result = (value ? value.type : "void") as R;
    this.#functions.push({
      name,
      type: this.#type(types, result),
      code: f.finish(value || undefined),
    });
    return {
      index: this.#imports.length + this.#functions.length - 1,
      params: types,
      result,
    };
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const limits = [this.#shared ? 3 : 1, 0, unsigned(65536)];
    const imports = this.#imports.map(({ name, type }) => [text("js"), text(name), 0, unsigned(type)]);
    const memory = [text("js"), text("memory"), 2, limits];
    const exports = this.#functions.map(({ name }, i) => [text(name), 0, unsigned(this.#imports.length + i)]);
    const codes = this.#functions.map(({ code }) => [unsigned(code.length), [...code]]);
    return flatten([
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, this.#types),
      section(2, [...imports, memory]),
      section(
        3,
        this.#functions.map(({ type }) => unsigned(type)),
      ),
      section(7, exports),
      section(10, codes),
    ]);
  }

  /** Compile and instantiate at once, on `memory`. */
  instantiate(memory: WebAssembly.Memory): Exports {
    const functions = Object.fromEntries(this.#imports.map(({ name, run }) => [name, run]));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(this.bytes()), { js: { ...functions, memory } });
    return instance.exports as Exports;
  }

  #type(params: readonly ValueType[], result: ValueType | "void"): number {
    const results = result === "void" ? [] : [TYPE_BYTES[result]];
    const code = [0x60, unsigned(params.length), params.map((p) => TYPE_BYTES[p]), unsigned(results.length), results];
    const known = this.#types.findIndex((type) => String(type.flat(2)) === String(code.flat(2)));
    return known >= 0 ? known : this.#types.push(code) - 1;
  }
}

function argument(arg: Value | number, type: ValueType): Code {
  return typeof arg === "number" ? constant(type as "i32", arg).code : arg.code;
}

function operands(takes: string, args: readonly (Value | number)[]): Code {
  return args.map((arg, i) => argument(arg, TYPES[takes[i] ?? "i"] ?? "i32"));
}

function expression<R extends Value>(code: Code, gives: string): R {
  return { type: TYPES[gives] ?? "void", code } as R;
}

function memoryOpcode(name: string, opcode: number): Code {
  return name in SCALAR_MEMORY ? [opcode] : [0xfd, unsigned(opcode)];
}

function section(id: number, entries: readonly Code[]): Code {
  const body = flatten([unsigned(entries.length), entries]);
  return [id, unsigned(body.length), [...body]];
}

function text(name: string): Code {
  const bytes = [...name].map((letter) => letter.charCodeAt(0));
  return [unsigned(bytes.length), bytes];
}

/** LEB128, unsigned. */
function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

/** LEB128, signed. */
function signed(value: bigint): Code {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = Number(rest & 127n);
    rest >>= 7n;
    if (rest === (low & 64 ? -1n : 0n)) return [...bytes, low];
    bytes.push(low + 128);
  }
}

function flatten(code: Code): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  const walk = (part: Code): void => {
    for (const item of part) {
      if (typeof item === "number") bytes.push(item);
      else walk(item);
    }
  };
  walk(code);
  return Uint8Array.from(bytes);
}
