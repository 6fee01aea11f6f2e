/** The layers of this package by name, for files: they need not be given to `loadModel` as classes. */
import { DataError, describeValue } from "@skein-ml/core";
import { Activation } from "./activation.ts";
import { Dense, Linear } from "./dense.ts";
import { Dropout } from "./dropout.ts";
import { Embedding } from "./embedding.ts";
import { Flatten } from "./flatten.ts";
import { Layer } from "./layer.ts";
import { LSTM } from "./lstm.ts";

type LayerClass = new (...args: never[]) => Layer;

const layers: Readonly<Record<string, LayerClass>> = { Activation, Dense, Dropout, Embedding, Flatten, Linear, LSTM };

/** A layer as plain data; one that is not of this package stays itself, a saveable object. */
export function describeLayer(layer: Layer): unknown {
  const known = Object.hasOwn(layers, layer.className) && layers[layer.className] === layer.constructor;
  return known ? { layer: layer.className, ...layer.describe().options } : layer;
}

/**
 * A layer from its description.
 * @throws DataError if it describes none, OptionError if its arguments are wrong
 */
export function restoreLayer(description: unknown): Layer {
  if (description instanceof Layer) return description;
  const { layer: name, arguments: args, trainable } = (description ?? {}) as Record<string, unknown>;
  const Class = typeof name === "string" && Object.hasOwn(layers, name) ? layers[name] : undefined;
  if (!Class || !Array.isArray(args) || typeof trainable !== "boolean") {
    throw new DataError("loadModel", `${describeValue(description)} describes no layer`, {
      known: Object.keys(layers),
    });
  }
  const made = new (Class as new (...args: readonly unknown[]) => Layer)(...args);
  made.trainable = trainable;
  return made;
}
