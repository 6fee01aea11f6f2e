/**
 * Nets of `@skein-ml/nn` as models to plan for. Nothing of that package is imported: a net is anything that has its
 * weights by path, or that can print its summary.
 */
import { DataError, describeValue } from "@skein-ml/core";
import type { LayeredModel, LayerWork } from "./layered.ts";

/** A net as far as it is read here: what `@skein-ml/nn` calls a model, once it is built. */
export interface NetLike {
  /** Layers in the order they are called, with parameters and the shape of one row of output, as text. */
  summary(): string;
}

/** One line of a summary: path, class, output `[n, ...]`, parameters. */
const line = /^(?<path>\S+)\s+(?<kind>\S+)\s+\[n(?<shape>[^\]]*)\]\s+(?<count>[\d,]+|shared)\s*$/;

/** Biases by class, as multiples of the width; other weights are multiplied with something once for each step. */
const biases: Readonly<Record<string, number>> = { Dense: 1, Linear: 1, LSTM: 4, GRU: 3 };

/**
 * A model from a built net. The work of dense and recurrent layers is known by class, embeddings look up; of any other
 * layer with weights, each weight counts as one multiply-add for each step of its input.
 *
 * @throws DataError if it has no summary of layers
 * @example const model = modelFromNet({ summary: () => "dense  Dense  [n, 10]  7,850" });
 */
export function modelFromNet(net: NetLike, name = "net"): LayeredModel {
  const text = typeof net?.summary === "function" ? net.summary() : "";
  const [first, ...rows] = text.split("\n");
  let before = sizesOf(/\[n([^\]]*)\]/.exec(rows[0] ?? first ?? "")?.[1]);
  const inputs = before.reduce((product, size) => product * size, 1);
  const layers: LayerWork[] = [];
  for (const row of [first ?? "", ...rows]) {
    const found = line.exec(row)?.groups;
    if (found === undefined) continue;
    const after = sizesOf(found.shape);
    layers.push(readLayer(found, before, after));
    before = after;
  }
  if (layers.length > 0)
    return { kind: "layered", name, source: "summary of the net", layers, tokensPerExample: 1, inputs };
  const repair = "Pass a net of @skein-ml/nn after `fit` or `build`.";
  throw new DataError("modelFromNet", `a net with a summary is wanted, but ${describeValue(net)} came`, {}, repair);
}

function readLayer(
  row: Readonly<Record<string, string>>,
  before: readonly number[],
  after: readonly number[],
): LayerWork {
  const { path = "", kind = "", count = "" } = row;
  const width = after.at(-1) ?? 1;
  const steps = before.slice(0, -1).reduce((product, size) => product * size, 1);
  const parameters = count === "shared" ? 0 : Number(count.replaceAll(",", ""));
  const multiplied = kind === "Embedding" ? 0 : parameters - (biases[kind] ?? 0) * width;
  const isRecurrent = kind === "LSTM" || kind === "GRU";
  const numbers = after.reduce((product, size) => product * size, 1);
  return {
    name: `${path} ${kind}`,
    parameters,
    forwardFlops: 2 * Math.max(0, multiplied) * steps,
    activations: isRecurrent ? ((biases[kind] ?? 0) + 2) * width * steps : numbers,
    outputs: isRecurrent ? width * steps : numbers,
  };
}

function sizesOf(shape = ""): number[] {
  return shape
    .split(",")
    .map(Number)
    .filter((size) => size > 0);
}
