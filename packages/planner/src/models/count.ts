/** Parameters of any model as figures. */
import { type Figure, figure } from "../figure.ts";
import { type Model, type ParameterParts, sumOf } from "./model.ts";
import { activeParameters, transformerParameters } from "./transformer-parameters.ts";

export interface ParameterCount {
  readonly parts: ParameterParts;
  readonly total: Figure;
  /** What one token passes: less than the total where a router chooses experts. */
  readonly active: Figure;
}

/**
 * Parameters of a model: by part, in all, and as many as one token passes.
 *
 * @example countParameters(modelPreset("gpt-3-175b")).total.value // => 174604259328
 */
export function countParameters(model: Model): ParameterCount {
  const parts = model.kind === "transformer" ? transformerParameters(model) : layerParts(model.layers);
  const total = sumOf(parts);
  const active = model.kind === "transformer" ? activeParameters(model, total) : total;
  const derivation = { formula: "sum of the parts", source: model.source, inputs: parts };
  return {
    parts,
    total: figure(total, "", derivation),
    active: figure(active, "", {
      formula: "total - experts that the router does not choose",
      source: model.source,
      inputs: { total, idle: total - active },
    }),
  };
}

function layerParts(layers: readonly { readonly name: string; readonly parameters: number }[]): ParameterParts {
  return Object.fromEntries(
    layers.filter(({ parameters }) => parameters > 0).map(({ name, parameters }) => [name, parameters]),
  );
}
