/**
 * Options of functions: checked as those of estimators are; and where their randomness comes from.
 */
import { type OptionSchema, RandomStream, resolveOptions } from "@skein-ml/core";

/**
 * Options with defaults filled in.
 * @throws OptionError for one that is unknown, of the wrong type or out of range
 */
export function checkedOptions<O extends object>(call: string, schema: OptionSchema<O>, given: unknown): Required<O> {
  return resolveOptions(call, schema, given) as Required<O>;
}

/** The random numbers of a seed; of a fresh one for null. */
export function streamOf(randomState: number | null): RandomStream {
  return new RandomStream(randomState ?? Math.floor(Math.random() * 2 ** 32));
}
