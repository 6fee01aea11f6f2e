/**
 * Matrix multiplication: packs blocks of the operands into the layout of the inner loops and walks over them.
 *
 * C is made block by block: up to `BLOCK_ROWS` rows of A, and `BLOCK_BYTES` of each of its rows at a time, against
 * strips of B one to four vectors wide. B's strip is packed unless A has only a few rows; A is packed when its rows
 * aren't contiguous. A matrix times a vector goes its own way, in order through the matrix (matvec.ts). Rows of C don't
 * depend on each other, so that threads can share them out.
 */
import type { RoutineStep, View } from "@skein-ml/core";
import type { CpuRoutine, PreparedRoutine, RoutineContext } from "../routine.ts";
import { ELEMENTS, type Element, isElement } from "./element.ts";
import { prepareMatvec } from "./matvec.ts";
import type { Multiply, Product } from "./product.ts";
import { type MatmulLoops, matmulLoops, packerOfB, panelsByWidth, stripsOf } from "./strips.ts";

/** Rows of A against one packed strip of B: packing costs about 1 % of the products then. */
const BLOCK_ROWS = 256;
/** Bytes of a row of A in a block: a strip of B then takes 32 KiB and stays in the first level cache. */
const BLOCK_BYTES = 2048;
/** Up to here it is cheaper to read B's strips where they are. */
const FEW_ROWS = 3;
/** Up to here a product whose A has contiguous columns is turned around: `Cᵀ = Bᵀ · Aᵀ`. */
const FEW_COLUMNS = 16;
/** Most bytes of a product that is turned back. */
const TURNED_BYTES = 2 ** 20;

export const matmul: CpuRoutine = {
  lacks({ inputs }: RoutineStep): string | undefined {
    const dtype = inputs[0]?.dtype ?? "bool";
    return isElement(dtype) ? undefined : `matmul of ${dtype}`;
  },

  prepare(step: RoutineStep, context: RoutineContext): PreparedRoutine {
    const { batch, aStep, bStep, cStep, product } = productOf(step);
    const multiply = prepareProduct(product, context);
    return ([a = 0, b = 0], [c = 0]) =>
      () => {
        for (let i = 0; i < batch; i++) multiply(a + i * aStep, b + i * bStep, c + i * cStep);
      };
  },
};

/** The product of each matrix of the batch. Where all of them meet one B and A has no gaps, they are one product. */
function productOf({ inputs }: RoutineStep): {
  batch: number;
  aStep: number;
  bStep: number;
  cStep: number;
  product: Product;
} {
  const [a, b] = inputs as readonly [View, View];
  const element = a.dtype as Element;
  const { bytes } = ELEMENTS[element];
  const [batch = 1, m = 1, k = 1] = a.shape;
  const n = b.shape[2] ?? 1;
  const [aStep = 0, aRow = 0, aColumn = 0] = a.strides.map((stride) => stride * bytes);
  const [bStep = 0, bRow = 0, bColumn = 0] = b.strides.map((stride) => stride * bytes);
  // The step along an axis of size 1 means nothing; let it look contiguous.
  const product = {
    element,
    m,
    n,
    k,
    aRow,
    bRow,
    aColumn: k === 1 ? bytes : aColumn,
    bColumn: n === 1 ? bytes : bColumn,
  };
  const stacked = bStep === 0 && (m === 1 || aStep === m * aRow);
  if (batch === 1 || !stacked) return { batch, aStep, bStep, cStep: m * n * bytes, product };
  return { batch: 1, aStep, bStep, cStep: 0, product: { ...product, m: batch * m, aRow: m === 1 ? aStep : aRow } };
}

/** Pick the code for one product. */
function prepareProduct(product: Product, context: RoutineContext): Multiply {
  const { m, n, k } = product;
  if (m * n === 0) return () => undefined;
  if (k > 0 && (m === 1 || n === 1)) return prepareMatvec(product, context) ?? prepareBlocks(product, context);
  return gainsByTurning(product) ? prepareTurned(product, context) : prepareBlocks(product, context);
}

function gainsByTurning({ element, m, n, aRow, aColumn }: Product): boolean {
  const { bytes } = ELEMENTS[element];
  return n <= FEW_COLUMNS && m > n && aRow === bytes && aColumn !== bytes && m * n * bytes <= TURNED_BYTES;
}

/** `Cᵀ = Bᵀ · Aᵀ`, turned back at the end. Spares turning A, which is much larger than B and C: `Xᵀ · residuals`. */
function prepareTurned(product: Product, context: RoutineContext): Multiply {
  const { element, m, n, aRow, aColumn, bRow, bColumn } = product;
  const { bytes } = ELEMENTS[element];
  const { transpose } = matmulLoops(element, context);
  const turned = { ...product, m: n, n: m, aRow: bColumn, aColumn: bRow, bRow: aColumn, bColumn: aRow };
  const multiply = prepareBlocks(turned, context, m * n * bytes);
  return (a, b, c) => {
    multiply(b, a, context.scratch());
    transpose(context.scratch(), m * bytes, c, n * bytes, n, m);
  };
}

/** @param reserved bytes at the start of the work space that are the caller's */
function prepareBlocks(product: Product, context: RoutineContext, reserved = 0): Multiply {
  const { element, m, n, k, aRow, aColumn, bRow, bColumn } = product;
  const { bytes, count } = ELEMENTS[element];
  const loops = matmulLoops(element, context);
  const panels = panelsByWidth(loops);
  const strips = stripsOf(n, element);
  const [blockRows, blockDepth] = [Math.min(m, BLOCK_ROWS), Math.max(1, Math.min(k, BLOCK_BYTES / bytes))];
  const packA = aColumn === bytes ? undefined : packerOfA(product, loops);
  const packB = packerOfB(product, loops);
  const inPlace = bColumn === bytes && m <= FEW_ROWS;
  // Packed rows of A are a little longer than a power of two, or they would compete for the same lines of the cache.
  const packedRow = blockDepth * bytes + 64;
  const stripBytes = blockDepth * 64;
  context.reserveScratch(reserved + stripBytes + blockRows * (64 + (packA ? packedRow : 0)));

  return (a, b, c) => {
    const stripB = context.scratch() + reserved;
    const edgeC = stripB + stripBytes;
    const packedA = edgeC + blockRows * 64;
    for (let row = 0; row < m; row += blockRows) {
      const rows = Math.min(blockRows, m - row);
      // With k = 0 one round of no products stores the zeros.
      for (let from = 0; from === 0 || from < k; from += blockDepth) {
        const depth = Math.min(blockDepth, k - from);
        const left = a + row * aRow + from * aColumn;
        packA?.(left, packedA, packedRow, rows, depth);
        for (const { at, columns, width } of strips) {
          const right = b + from * bRow + at * bColumn;
          const whole = columns === width * count;
          const direct = inPlace && whole;
          if (!direct) packB(right, stripB, width, depth, columns);
          panels[width](
            packA ? packedA : left,
            packA ? packedRow : aRow,
            direct ? right : stripB,
            direct ? bRow : 16 * width,
            whole ? c + (row * n + at) * bytes : edgeC,
            whole ? n * bytes : 16 * width,
            rows,
            depth,
            Number(from > 0),
          );
        }
      }
      const last = strips[strips.length - 1];
      if (last && last.columns !== last.width * count) {
        loops.copy(edgeC, 16 * last.width, c + (row * n + last.at) * bytes, n * bytes, rows, last.columns);
      }
    }
  };
}

/** Copies a block of A so that its rows are contiguous. */
function packerOfA({ element, aRow, aColumn }: Product, loops: MatmulLoops) {
  return (from: number, to: number, toRow: number, rows: number, depth: number): void => {
    if (aRow === ELEMENTS[element].bytes) loops.transpose(from, aColumn, to, toRow, depth, rows);
    else loops.collect(from, aRow, to, toRow, rows, depth, aColumn);
  };
}
