/**
 * What the planner knows of any model: its parameters by part, and the work of one example.
 *
 * Transformers keep more (`transformer.ts`), because how they split over machines depends on their inside. Recurrent
 * language models, convolutional and dense nets, and nets of `@skein-ml/nn` are sums over their layers (`layered.ts`).
 */
import type { LayeredModel } from "./layered.ts";
import type { Transformer } from "./transformer.ts";

/** A model to plan for. */
export type Model = Transformer | LayeredModel;

/** Numbers of parameters by part, in the order they are shown. */
export type ParameterParts = Readonly<Record<string, number>>;

export function sumOf(parts: ParameterParts): number {
  return Object.values(parts).reduce((total, count) => total + count, 0);
}
