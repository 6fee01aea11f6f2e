/**
 * Model files that someone changed on purpose: one value of the description, or one tensor, is another, and all lengths
 * and the checksum are right again. From a seed, so the same ones on every run.
 */
import type { DType } from "../dtype.ts";
import { newArray } from "../dtype.ts";
import { modelMetadata, stampChecksum } from "../model-file/format.ts";
import { type RawTensor, readArray, readLayout, writeLayout } from "../model-file/safetensors.ts";
import { Context } from "../progress/progress.ts";
import { sizeOf } from "../tensor/strides.ts";

/** A whole number in [0, below). */
export type Random = (below: number) => number;

/**
 * Whole numbers from a seed.
 * @source the counter goes by the golden ratio, and through the finalizer of MurmurHash3 (Appleby, 2011)
 */
export function seededRandom(seed: number): Random {
  let counter = seed;
  return (below) => {
    counter = (counter + 0x9e3779b9) | 0;
    let bits = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return Math.floor((((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32) * below);
  };
}

/**
 * Changed copies of a file: every value of its description in turn replaced, removed or followed by another, and every
 * tensor replaced, `times` each.
 */
export async function* hostileFiles(bytes: Uint8Array, times: number, random: Random): AsyncGenerator<Uint8Array> {
  const text = readLayout("hostileFiles", bytes).metadata.get("description") ?? "";
  const tensors = tensorsOf(bytes);
  const names = [...tensors.keys()];
  const spots = spotsOf(JSON.parse(text)).length;
  for (let i = 0; i < times; i++) {
    for (const name of names) yield fileWith(text, new Map([...tensors, [name, otherTensor(tensors, name, random)]]));
    for (let spot = 0; spot < spots; spot++) {
      const description: unknown = JSON.parse(text);
      changeValue(spotsOf(description)[spot] as Spot, names, random);
      yield fileWith(JSON.stringify(description), tensors);
    }
  }
}

/** A model file with any description and tensors. */
export function fileWith(
  description: string,
  tensors: ReadonlyMap<string, RawTensor> = new Map(),
): Promise<Uint8Array> {
  return restamp(writeLayout(tensors, modelMetadata(description)));
}

/** Makes the checksum right. */
export async function restamp(bytes: Uint8Array): Promise<Uint8Array> {
  await stampChecksum(bytes, new Context("restamp"));
  return bytes;
}

function tensorsOf(bytes: Uint8Array): Map<string, RawTensor> {
  const { places, body } = readLayout("hostileEdit", bytes);
  return new Map([...places].map(([name, place]) => [name, { ...place, data: readArray("", name, place, body) }]));
}

/** A tensor of another shape, dtype or content. */
function otherTensor(tensors: ReadonlyMap<string, RawTensor>, name: string, random: Random): RawTensor {
  const { dtype, shape } = tensors.get(name) as RawTensor;
  const axis = random(Math.max(1, shape.length));
  const shapes = [
    shape.map((size, other) => (other === axis ? size + 1 : size)),
    shape.map((size, other) => (other === axis ? 0 : size)),
    shape.map((size, other) => (other === axis ? 1 : size)),
    [...shape].reverse(),
    [1, ...shape],
    [sizeOf(shape)],
    [],
    shape,
  ];
  const dtypes: readonly DType[] = [dtype, dtype, dtype, "float32", "float64", "int32", "uint8", "bool"];
  const [other, as] = [shapes[random(shapes.length)] ?? [], dtypes[random(dtypes.length)] ?? dtype];
  const fill = as === "bool" ? 1 : ([0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300][random(6)] ?? 0);
  return { dtype: as, shape: other, data: newArray(as, sizeOf(other)).fill(fill) };
}

type Spot = readonly [parent: Record<string, unknown>, key: string];

function changeValue([parent, key]: Spot, tensors: readonly string[], random: Random): void {
  const choice = random(6);
  if (choice === 0 && !Array.isArray(parent)) delete parent[key];
  else if (choice === 1) parent[random(2) ? `${key}x` : "constructor"] = otherValue(tensors, random);
  else parent[key] = otherValue(tensors, random);
}

function spotsOf(value: unknown): Spot[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]): Spot[] => [
    [value as Record<string, unknown>, key],
    ...spotsOf(item),
  ]);
}

function otherValue(tensors: readonly string[], random: Random): unknown {
  const tensor = tensors[random(tensors.length)];
  const plain: readonly unknown[] = [null, true, 0, 1, 2, 3, -1, 0.5, 1e308, 2 ** 53, "", "x", [], [1], {}, { a: 1 }];
  const special: readonly unknown[] = [
    { toString: 1, valueOf: 1 },
    ["low", "high"],
    ["a", "b", "c", "d"],
    [false, true],
    { $: "number", value: "NaN" },
    { $: "number", value: "-0" },
    { $: "number", value: "1" },
    { $: "undefined" },
    { $: 7 },
    { $: "tensor", name: tensor },
    { $: "array", name: tensor },
    { $: "tensor" },
    { $: "model", class: "ToyMean", options: {}, state: { $: "undefined" } },
    { $: "model", class: "Pipeline" },
    { $: "object", entries: [["$", 1]] },
    { $: "object", entries: 7 },
  ];
  const values = random(2) === 0 ? plain : special;
  return values[random(values.length)];
}
