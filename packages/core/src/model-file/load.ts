import type { Saveable, SaveableClass } from "./saveable.ts";
export async function loadModel<T extends Saveable>(
  _bytes: Uint8Array,
  _options: { readonly classes: readonly SaveableClass<T>[] },
): Promise<T> {
  throw new Error("soon");
}
