/**
 * Vector loads and stores of every dtype: contiguous, repeated, strided, and of fewer elements than a vector has.
 */
import { DTYPES, type DType } from "@skein-ml/core";
import { type I32, type Local, load, loadLane, op, type V128, vector } from "../wasm/assembler.ts";
import { type LaneEmitter, type Lanes, part } from "./lanes.ts";

/** What one piece of code handles of the vector axis: `copies` vectors, of which `active` lanes count. */
export interface Tile {
  readonly copies: number;
  readonly active: number;
}

/** A strided row of elements: the address of the first, and the stride in bytes. */
export interface Row {
  readonly dtype: DType;
  readonly address: Local<"i32">;
  readonly stride: number;
}

/** The tile's elements as lanes. A stride of 0 gives one local for all copies. */
export function loadCode(m: LaneEmitter, row: Row, tile: Tile): Lanes {
  const { dtype, stride } = row;
  const narrow = DTYPES[dtype].bytes === 1;
  if (stride === 0) return extendBytes(m, dtype, [m.f.keep(loadRepeated(row))], false);
  const whole = stride === DTYPES[dtype].bytes && tile.active === m.count;
  const raw = Array.from({ length: tile.copies }, (_, c) =>
    m.f.keep(whole ? loadWhole(m, row, c) : loadLanes(m, row, c, tile.active)),
  );
  return extendBytes(m, dtype, raw, narrow);
}

/** Store the tile's elements. */
export function storeCode(m: LaneEmitter, row: Row, tile: Tile, value: Lanes): void {
  const { dtype, stride } = row;
  const bytes = packBytes(m, dtype, value);
  const whole = stride === DTYPES[dtype].bytes && tile.active === m.count;
  for (let c = 0; c < tile.copies; c++) {
    if (whole) storeWhole(m, row, c, part(bytes, c));
    else storeLanes(m, row, c, { active: tile.active, value: part(bytes, c) });
  }
}

/** Address and constant offset of element `i`; offsets of instructions can't be negative. */
function place({ address, stride }: Row, i: number): { base: I32; offset: number } {
  const offset = i * stride;
  return offset >= 0 ? { base: address, offset } : { base: op("i32.add", address, offset), offset: 0 };
}

function loadRepeated({ dtype, address }: Row): V128 {
  const bytes = DTYPES[dtype].bytes;
  if (bytes === 1) return op("i32x4.splat", load("i32.load8_u", address));
  return load(bytes === 8 ? "v128.load64_splat" : "v128.load32_splat", address);
}

function loadWhole(m: LaneEmitter, row: Row, c: number): V128 {
  const { base, offset } = place(row, c * m.count);
  switch (DTYPES[row.dtype].bytes * m.count) {
    case 16:
      return load("v128.load", base, offset);
    case 8:
      return load("v128.load64_zero", base, offset);
    case 4:
      return load("v128.load32_zero", base, offset);
    default:
      return loadLane("v128.load16_lane", 0, base, vector("i32x4", 0), offset);
  }
}

function loadLanes(m: LaneEmitter, row: Row, c: number, active: number): V128 {
  const bits = (8 * DTYPES[row.dtype].bytes) as 8 | 32 | 64;
  let value = vector("i32x4", 0);
  for (let j = 0; j < active; j++) {
    const { base, offset } = place(row, c * m.count + j);
    value = loadLane(`v128.load${bits}_lane`, j, base, value, offset);
  }
  return value;
}

/** Bytes from memory as 32-bit lanes (`packed`: they still stand together), bool as a mask. */
function extendBytes(m: LaneEmitter, dtype: DType, raw: Lanes, packed: boolean): Lanes {
  if (DTYPES[dtype].bytes > 1) return raw;
  const words = packed ? m.unary("i32x4.extend_low_i16x8_u", m.unary("i16x8.extend_low_i8x16_u", raw)) : raw;
  return dtype === "bool" ? m.binary("i32x4.ne", words, m.constant("i32x4", 0)) : words;
}

function packBytes(m: LaneEmitter, dtype: DType, value: Lanes): Lanes {
  if (DTYPES[dtype].bytes > 1) return value;
  const numbers = dtype === "bool" ? m.binary("v128.and", value, m.constant("i32x4", 1)) : value;
  const halves = m.binary("i16x8.narrow_i32x4_u", numbers, numbers);
  return m.binary("i8x16.narrow_i16x8_u", halves, halves);
}

function storeWhole(m: LaneEmitter, row: Row, c: number, value: Local<"v128">): void {
  const { base, offset } = place(row, c * m.count);
  switch (DTYPES[row.dtype].bytes * m.count) {
    case 16:
      return m.f.store("v128.store", base, value, offset);
    case 8:
      return m.f.storeLane("v128.store64_lane", 0, base, value, offset);
    case 4:
      return m.f.storeLane("v128.store32_lane", 0, base, value, offset);
    default:
      return m.f.storeLane("v128.store16_lane", 0, base, value, offset);
  }
}

function storeLanes(
  m: LaneEmitter,
  row: Row,
  c: number,
  { active, value }: { active: number; value: Local<"v128"> },
): void {
  const bits = (8 * DTYPES[row.dtype].bytes) as 8 | 32 | 64;
  for (let j = 0; j < active; j++) {
    const { base, offset } = place(row, c * m.count + j);
    m.f.storeLane(`v128.store${bits}_lane`, j, base, value, offset);
  }
}

/** All lanes of a vector but the first `active` set to the number that doesn't change a reduction. */
export function fillLanes(m: LaneEmitter, value: Lanes, active: number, filler: Lanes, wide: boolean): Lanes {
  const on = (j: number) => (j < active ? -1 : 0);
  const mask = [m.f.hoist(wide ? vector("i64x2", on(0), on(1)) : vector("i32x4", on(0), on(1), on(2), on(3)))];
  return m.pick(mask, value, filler);
}
