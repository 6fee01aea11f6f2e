/** The error for requests that no arithmetic can meet. */
import { type ErrorDetails, SkeinError } from "@skein-ml/core";

/**
 * A plan that can't be: the model does not fit, the batch does not divide, a target can't be met. `repair` is the nearest
 * change that would make it possible, in words; `change` the same as data, to be merged into the request.
 */
export class InfeasibleError extends SkeinError {
  override readonly name: string = "InfeasibleError";
  /** The nearest feasible change, such as `{ zero: 3 }`; empty if none was found. */
  readonly change: Readonly<Record<string, number | string>>;

  constructor(
    call: string,
    problem: string,
    details: ErrorDetails & { readonly change?: Readonly<Record<string, number | string>> },
    repair: string,
  ) {
    const { change = {}, ...facts } = details;
    super(call, problem, facts, repair);
    this.change = change;
  }
}
