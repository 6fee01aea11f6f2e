import type { CallOptions } from "../progress/progress.ts";
import type { Saveable } from "./saveable.ts";
export async function saveModel(_model: Saveable, _options: CallOptions = {}): Promise<Uint8Array> {
  throw new Error("soon");
}
