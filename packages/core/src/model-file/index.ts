/**
 * Model files: one safetensors file with a JSON description inside.
 */
export { type LoadOptions, loadModel } from "./load.ts";
export { readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";
export { saveModel } from "./save.ts";
export type { Description, Saveable, SaveableClass } from "./saveable.ts";
