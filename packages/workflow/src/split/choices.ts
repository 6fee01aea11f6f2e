/**
 * Options that splitters and splits share: how they are checked, and where their randomness comes from.
 */
import { type OptionSchema, RandomStream, resolveOptions } from "@skein-ml/core";

/** Options with defaults filled in; throws OptionError as estimators do. */
export function checkedOptions<O extends object>(call: string, schema: OptionSchema<O>, given: unknown): Required<O> {
  return resolveOptions(call, schema, given) as Required<O>;
}

/** The random numbers of a seed; of a fresh one for null. */
export function streamOf(randomState: number | null): RandomStream {
  return new RandomStream(randomState ?? Math.floor(Math.random() * 2 ** 32));
}
