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

/** Whole numbers from a seed: a linear congruential generator, good enough for damage. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The file with a value of its description replaced, removed or added, or a tensor replaced by another. */
export async function hostileEdit(bytes: Uint8Array, random: Random): Promise<Uint8Array> {
  const { metadata } = readLayout("hostileEdit", bytes);
  const description: unknown = JSON.parse(metadata.get("description") ?? "");
  const tensors = tensorsOf(bytes);
  if (tensors.size > 0 && random(4) === 0) replaceTensor(tensors, random);
  else replaceValue(description, [...tensors.keys()], random);
  return fileWith(JSON.stringify(description), tensors);
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

/** Puts a tensor of another shape or dtype in the place of one. */
function replaceTensor(tensors: Map<string, RawTensor>, random: Random): void {
  const [name, { dtype, shape }] = [...tensors][random(tensors.size)] as [string, RawTensor];
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
  tensors.set(name, { dtype: as, shape: other, data: newArray(as, sizeOf(other)).fill(fill) });
}

type Spot = readonly [parent: Record<string, unknown>, key: string];

function replaceValue(description: unknown, tensors: readonly string[], random: Random): void {
  const spots = spotsOf(description);
  const [parent, key] = spots[random(spots.length)] ?? [{}, ""];
  const choice = random(4);
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
