/**
 * `softmax` and `logSoftmax` along rows, in three passes over each row while it is in the cache: the maximum, which is
 * taken out so that large inputs stay finite; the exponentials and their sum; the division. A row with NaN or +∞, or of
 * -∞ alone, is NaN throughout.
 */
import type { RoutineStep } from "@skein-ml/core";
import { FloatEmitter } from "../kernel/float-emitter.ts";
import { LaneEmitter, type Lanes, part } from "../kernel/lanes.ts";
import { VECTOR_FUNCTIONS } from "../kernel/math.ts";
import type { CpuRoutine, PreparedRoutine, RoutineContext } from "../routine.ts";
import { type FunctionBuilder, type Local, load, type Module, op, type V128, vector } from "../wasm/assembler.ts";
import { ELEMENTS, FLOAT_SHAPES, type FloatElement } from "./element.ts";
import { loopsOf } from "./loops.ts";
import { alongRow, foldLanes } from "./rows.ts";

export const softmax: CpuRoutine = routine("softmax", emitSoftmax);
export const logSoftmax: CpuRoutine = routine("logSoftmax", emitLogSoftmax);

interface Row {
  readonly f: FunctionBuilder;
  readonly m: FloatEmitter;
  readonly element: FloatElement;
  readonly x: Local<"i32">;
  readonly y: Local<"i32">;
  readonly n: Local<"i32">;
}

function routine(name: string, emit: (row: Row) => void): CpuRoutine {
  return {
    lacks({ inputs }: RoutineStep): string | undefined {
      const dtype = inputs[0]?.dtype ?? "bool";
      return dtype === "float32" || dtype === "float64" ? undefined : `${name} of ${dtype}`;
    },
    prepare({ inputs }: RoutineStep, context: RoutineContext): PreparedRoutine {
      const element = inputs[0]?.dtype as FloatElement;
      const [rows = 0, n = 0] = inputs[0]?.shape ?? [];
      const exports = context.module(`${name} ${element}`, (module) => defineRows(module, element, emit));
      const { run } = loopsOf(exports, ["run"]);
      return ([x = 0], [y = 0]) =>
        () =>
          void run(x, y, rows, n);
    },
  };
}

function defineRows(module: Module, element: FloatElement, emit: (row: Row) => void): void {
  const { bytes, count } = ELEMENTS[element];
  module.function("run", { x: "i32", y: "i32", rows: "i32", n: "i32" }, (f, { x, y, rows, n }) => {
    const m = new FloatEmitter(new LaneEmitter(f, count), FLOAT_SHAPES[element]);
    f.for(rows, () => {
      emit({ f, m, element, x, y, n });
      const size = f.keep(op("i32.mul", n, bytes));
      f.add(x, size);
      f.add(y, size);
    });
  });
}

function emitSoftmax({ f, m, element, x, y, n }: Row): void {
  const [from, to] = [f.keep(x), f.keep(y)];
  const peak = emitPeak({ f, m, element, x, y, n });
  const total = emitTotal({ f, m, element, n }, [from, to], ({ read, write }) => {
    const power = VECTOR_FUNCTIONS.exp(m, m.sub([f.keep(read(from))], [peak]));
    write(to, part(power, 0));
    return power;
  });
  const result = f.keep(y);
  alongRow(f, element, n, [result], ({ read, write }) => {
    write(result, part(m.div([f.keep(read(result))], [total]), 0));
  });
}

function emitLogSoftmax({ f, m, element, x, y, n }: Row): void {
  const [from, source, result] = [f.keep(x), f.keep(x), f.keep(y)];
  const peak = emitPeak({ f, m, element, x, y, n });
  const total = emitTotal({ f, m, element, n }, [from], ({ read }) =>
    VECTOR_FUNCTIONS.exp(m, m.sub([f.keep(read(from))], [peak])),
  );
  const logTotal = VECTOR_FUNCTIONS.log(m, [total]);
  alongRow(f, element, n, [source, result], ({ read, write }) => {
    write(result, part(m.sub(m.sub([f.keep(read(source))], [peak]), logTotal), 0));
  });
}

/** The maximum of a row in all lanes, NaN if there is one. */
function emitPeak({ f, m, element, x, n }: Row): Local<"v128"> {
  const { shape, loadSplat } = { ...ELEMENTS[element], shape: m.shape };
  const greater = (a: V128, b: V128): V128 => op(`${shape}.max`, a, b);
  const along = f.keep(x);
  const peak = f.keep(vector(shape, -Infinity));
  alongRow(f, element, n, [along], ({ single, read }) => {
    f.set(peak, greater(peak, single ? load(loadSplat, along) : read(along)));
  });
  return foldLanes(f, element, peak, greater);
}

/** The sum of what `term` gives along a row, in all lanes. */
function emitTotal(
  { f, m, element, n }: Pick<Row, "f" | "m" | "element" | "n">,
  addresses: readonly Local<"i32">[],
  term: (access: Parameters<Parameters<typeof alongRow>[4]>[0]) => Lanes,
): Local<"v128"> {
  const { add, count } = ELEMENTS[element];
  const total = f.keep(vector(m.shape, 0));
  const firstLane = vector(count === 4 ? "i32x4" : "i64x2", -1, ...Array.from({ length: count - 1 }, () => 0));
  alongRow(f, element, n, addresses, (access) => {
    const value = part(term(access), 0);
    f.set(total, op(add, total, access.single ? op("v128.and", value, firstLane) : value));
  });
  return foldLanes(f, element, total, (a, b) => op(add, a, b));
}
