/**
 * Options of functions: checked as those of estimators are; and where their randomness comes from.
 */
import { type OptionSchema, RandomStream, resolveOptions } from "@skein-ml/core";

/**
 * Options with defaults filled in.
 *
 * @param schema  checkers of all options but `data`
 * @param data    options that are arrays of data, which are read later, with the data they belong to
 * @throws OptionError for one that is unknown, of the wrong type or out of range
 */
export function checkedOptions<O extends object>(call: string, schema: OptionSchema<O>, given: O): Required<O>;
export function checkedOptions<O extends object, Data extends keyof O & string>(
  call: string,
  schema: OptionSchema<Omit<O, Data>>,
  given: O,
  data: readonly Data[],
): Required<Omit<O, Data>> & Pick<O, Data>;
export function checkedOptions(
  call: string,
  schema: OptionSchema,
  given: object,
  data: readonly string[] = [],
): Record<string, unknown> {
  const isData = ([name]: [string, unknown]): boolean => data.includes(name);
  const entries = typeof given === "object" && given !== null ? Object.entries(given) : [];
  const rest = entries.some(isData) ? Object.fromEntries(entries.filter((entry) => !isData(entry))) : given;
  const resolved = resolveOptions(call, schema, rest);
  return { ...resolved, ...Object.fromEntries(entries.filter(isData)) };
}

/** The random numbers of a seed; of a fresh one for null. */
export function streamOf(randomState: number | null): RandomStream {
  return new RandomStream(randomState ?? Math.floor(Math.random() * 2 ** 32));
}
