/**
 * What an estimator has learned, as one record, and the schema that a record from a file must fit.
 */
import { ModelFileError } from "../errors.ts";
import type { Checker, Dims } from "./check.ts";
import { describeValue } from "./describe-value.ts";
import { isPlainObject } from "./plain-object.ts";

/** One checker for each learned value. Letters in tensor shapes are bound in the order of the keys. */
export type StateSchema<S extends object = Record<string, unknown>> = {
  readonly [K in keyof S]-?: Checker<S[K]>;
};

/**
 * Throws unless `state` has exactly the values of `schema`.
 * @throws ModelFileError naming the value that is missing, unknown or wrong
 */
export function checkState<S extends object>(
  className: string,
  schema: StateSchema<S>,
  state: unknown,
): asserts state is Readonly<S> {
  if (!isPlainObject(state)) throw refused(className, `the state is ${describeValue(state)}`);
  const extra = Object.keys(state).find((name) => !Object.hasOwn(schema, name));
  if (extra !== undefined) throw refused(className, `the state has an unknown value ${JSON.stringify(extra)}`);
  const dims: Dims = new Map();
  const checkers: [string, Checker<unknown>][] = Object.entries(schema);
  for (const [name, checker] of checkers) {
    if (!Object.hasOwn(state, name)) throw refused(className, `${name} is missing`);
    if (!checker.accepts(state[name], dims)) {
      throw refused(className, `${name} must be ${checker.wanted}, but ${describeValue(state[name])} came`);
    }
  }
}

/** The error for a file whose description an object can't be made from. */
export function refused(className: string, problem: string): ModelFileError {
  return new ModelFileError(
    "loadModel",
    `${className}: ${problem}`,
    {},
    "The file was not made by this class, or was changed.",
  );
}
