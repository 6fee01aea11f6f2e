/**
 * First values of weights, drawn on the host from a seed with core's generator: the same on every machine.
 *
 * `fanIn` and `fanOut` of a matrix are its two sizes.
 */
import { type Checker, check, type RandomStream, type Shape, sizeOf } from "@skein-ml/core";

/**
 * Elements in row-major order for a shape. Long work awaits `turn()` now and then.
 */
export type Initializer = (
  shape: Shape,
  random: RandomStream,
  turn: () => Promise<void>,
) => Float64Array | Promise<Float64Array>;

/** Numbers drawn between two turns. */
const BLOCK = 1 << 16;

export type InitializerName = keyof typeof initializers;

/**
 * - `zeros`, `ones`
 * - `uniform`: in `[-0.05, 0.05)`, Keras's default for embeddings
 * - `glorotUniform`: in `±√(6 / (fanIn + fanOut))` (Glorot, Bengio, AISTATS 2010, equation 16)
 * - `glorotNormal`: variance `2 / (fanIn + fanOut)`
 * - `heUniform`: in `±√(6 / fanIn)`, for relu (He et al., ICCV 2015, equation 10)
 * - `heNormal`: variance `2 / fanIn`
 * - `orthogonal`: orthonormal rows or columns, whichever are fewer (Saxe et al., ICLR 2014)
 */
export const initializers: Readonly<
  Record<
    "zeros" | "ones" | "uniform" | "glorotUniform" | "glorotNormal" | "heUniform" | "heNormal" | "orthogonal",
    Initializer
  >
> = {
  zeros: (shape) => new Float64Array(sizeOf(shape)),
  ones: (shape) => new Float64Array(sizeOf(shape)).fill(1),
  uniform: uniform(() => 0.05),
  glorotUniform: uniform((fanIn, fanOut) => Math.sqrt(6 / (fanIn + fanOut))),
  glorotNormal: normal((fanIn, fanOut) => Math.sqrt(2 / (fanIn + fanOut))),
  heUniform: uniform((fanIn) => Math.sqrt(6 / fanIn)),
  heNormal: normal((fanIn) => Math.sqrt(2 / fanIn)),
  orthogonal,
};

/** An option that names an initializer. */
export function initializerOption(byDefault: InitializerName): Checker<InitializerName> {
  return check.oneOf(Object.keys(initializers) as InitializerName[], { default: byDefault });
}

type Scale = (fanIn: number, fanOut: number) => number;

function uniform(limit: Scale): Initializer {
  return (shape, random, turn) => draw(shape, turn, limit, () => 2 * random.uniform() - 1);
}

function normal(deviation: Scale): Initializer {
  return (shape, random, turn) => draw(shape, turn, deviation, () => random.normal());
}

async function draw(shape: Shape, turn: () => Promise<void>, scale: Scale, next: () => number): Promise<Float64Array> {
  const [fanIn = 1, fanOut = 1] = shape;
  const factor = scale(fanIn, fanOut);
  const values = new Float64Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) {
    if (i % BLOCK === 0) await turn();
    values[i] = factor * next();
  }
  return values;
}

/** Modified Gram-Schmidt on normal vectors. */
async function orthogonal(shape: Shape, random: RandomStream, turn: () => Promise<void>): Promise<Float64Array> {
  const [rows = 1, columns = 1] = shape;
  const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    await turn();
    const vector = new Float64Array(length).map(() => random.normal());
    for (const other of vectors) takeOut(vector, other);
    const norm = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((value) => value / norm));
  }
  const result = new Float64Array(rows * columns);
  vectors.forEach((vector, i) => {
    vector.forEach((value, j) => {
      result[rows < columns ? i * columns + j : j * columns + i] = value;
    });
  });
  return result;
}

function takeOut(vector: Float64Array, other: Float64Array): void {
  const along = dot(vector, other);
  for (let j = 0; j < vector.length; j++) vector[j] = (vector[j] ?? 0) - along * (other[j] ?? 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] ?? 0) * (b[j] ?? 0);
  return sum;
}
