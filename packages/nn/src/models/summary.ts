/** A net as a table. */
import { type Shape, sizeOf } from "@skein-ml/core";
import type { LayerFacts } from "../layers/call-context.ts";
import type { LayerCall } from "./inspect.ts";

/**
 * Lines with path, class, output shape and parameter count of each layer, in the order they are called, and the totals.
 */
export function summaryText(
  root: LayerFacts,
  inputShape: Shape,
  calls: readonly LayerCall[],
  paths: ReadonlyMap<LayerFacts, string>,
): string {
  const seen = new Set<LayerFacts>();
  const rows = calls
    .filter(({ layer }) => layer !== root)
    .map(({ layer, outputShape }) => {
      const parameters = seen.has(layer) ? "shared" : countOf(layer).toLocaleString("en");
      seen.add(layer);
      return [paths.get(layer) ?? "", layer.className, shapeText(outputShape), parameters];
    });
  const table = [["layer", "class", "output", "parameters"], ["(input)", "", shapeText(inputShape), "0"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row.map((cell, i) => (i === 3 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join("  "),
  );
  const layers = [...paths.keys()];
  const total = layers.reduce((sum, layer) => sum + countOf(layer), 0);
  return [...lines, `${root.className}: ${total.toLocaleString("en")} parameters`].join("\n");
}

function countOf(layer: LayerFacts): number {
  return [...layer.weights.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function shapeText(shape: Shape): string {
  return `[${["n", ...shape].join(", ")}]`;
}
