/**
 * Options of estimators: plain data, checked against the class's schema when the estimator is made or changed.
 */
import { OptionError } from "../errors.ts";
import type { CallOptions } from "../progress/progress.ts";
import type { Checker } from "./check.ts";
import { describeValue } from "./describe-value.ts";
import { isEstimatorLike } from "./estimator-like.ts";
import { isPlainObject } from "./plain-object.ts";
import { didYouMean } from "./suggest.ts";

/** One checker for each option of `O`. */
export type OptionSchema<O extends object = Record<string, unknown>> = {
  readonly [K in keyof O]-?: Checker<O[K]>;
};

/**
 * All options with defaults filled in, copied and frozen.
 *
 * @param call         who asks, for the error: the class or `Class.setParams`
 * @throws OptionError for an unknown option, a missing one, or one of the wrong type or range
 */
export function resolveOptions<O extends object>(
  call: string,
  schema: OptionSchema<O>,
  given: unknown,
): Readonly<Required<O>> {
  if (given !== undefined && !isPlainObject(given)) {
    throw new OptionError(
      call,
      `options must be a plain object, but ${describeValue(given)} came`,
      {},
      "Pass { name: value } or nothing.",
    );
  }
  checkNames(call, schema, Object.keys(given ?? {}));
  const resolved: Record<string, unknown> = {};
  const checkers: [string, Checker<unknown>][] = Object.entries(schema);
  for (const [name, checker] of checkers) {
    resolved[name] = resolveOption(call, name, checker, given?.[name]);
  }
  return Object.freeze(resolved) as Required<O>;
}

/** @throws OptionError if one of `names` is not in the schema */
export function checkNames(call: string, schema: object, names: readonly string[]): void {
  const known = Object.keys(schema);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new OptionError(
    call,
    `unknown option ${JSON.stringify(unknown)}`,
    { option: unknown, known },
    didYouMean(unknown, known),
  );
}

/** Throws unless all call options are known and of the right type. */
export function checkCallOptions(call: string, options: CallOptions, known: readonly string[]): void {
  const given: unknown = options;
  if (!isPlainObject(given)) {
    throw new OptionError(call, `options must be a plain object, but ${describeValue(given)} came`);
  }
  checkNames(call, Object.fromEntries(known.map((name) => [name, true])), Object.keys(options));
  const { signal, onProgress } = options;
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function") {
    throw new OptionError(
      call,
      "signal must be an AbortSignal",
      {},
      "Pass controller.signal, of `new AbortController()`.",
    );
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new OptionError(call, `onProgress must be a function, but ${describeValue(onProgress)} came`);
  }
}

/** A deep copy of plain data. Arrays and objects are frozen; tensors and estimators are kept, or copied by `replace`. */
export function copyValue(value: unknown, replace: (estimator: object) => unknown = (kept) => kept): unknown {
  if (isEstimatorLike(value)) return replace(value);
  if (Array.isArray(value)) return Object.freeze(value.map((item) => copyValue(item, replace)));
  if (!isPlainObject(value)) return value;
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyValue(item, replace)])));
}

/** A value as it may stand in an error: primitives as they are, others in words. */
function printable(value: unknown): unknown {
  return (typeof value === "object" && value !== null) || typeof value === "bigint" ? describeValue(value) : value;
}

function resolveOption(call: string, name: string, checker: Checker<unknown>, value: unknown): unknown {
  if (value === undefined) {
    if ("default" in checker) return copyValue(checker.default);
    throw new OptionError(call, `option ${name} is required`, { option: name }, `Pass ${checker.wanted}.`);
  }
  if (!checker.accepts(value, new Map())) {
    throw new OptionError(call, `option ${name} must be ${checker.wanted}`, { option: name, given: printable(value) });
  }
  return copyValue(value);
}
