/**
 * The `validation` option of `fit`: data to watch the training with, read and checked as the training data is.
 */
import { OptionError } from "../errors.ts";
import type { Context } from "../progress/progress.ts";
import { describeValue } from "./describe-value.ts";
import { checkColumns, type InputState, type RowsOf, rowsIn } from "./input.ts";
import type { Validation } from "./learner.ts";
import { isPlainObject } from "./plain-object.ts";
import type { InputKind } from "./traits.ts";

/**
 * @throws OptionError  if it is not `{ X, y }`
 * @throws DataError    if the data has other columns than the training data, or labels that are not in it
 */
export async function readValidation<I extends InputKind, Y>(
  validation: Validation | undefined,
  input: InputState,
  { call }: Context,
  read: {
    readonly readX: (X: unknown) => Promise<RowsOf<I>>;
    readonly readY: (y: unknown, n: number) => Promise<Y>;
  },
): Promise<{ readonly X: RowsOf<I>; readonly y: Y } | undefined> {
  if (validation === undefined) return undefined;
  if (!isPlainObject(validation) || !("X" in validation) || !("y" in validation)) {
    throw new OptionError(call, `validation must be { X, y }, but ${describeValue(validation)} came`);
  }
  const X = await read.readX(validation.X);
  checkColumns(call, X, input);
  return { X, y: await read.readY(validation.y, rowsIn(X)) };
}
