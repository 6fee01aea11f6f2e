/**
 * Sending rows through the steps of a pipeline: reports that name the step, errors that name it, and no intermediate
 * rows left behind.
 */
import { type CallOptions, type Context, type EstimatorLike, SkeinError, Tensor } from "@skein-ml/core";
import type { Steps } from "./steps.ts";

/** Where a step stands in its pipeline. */
export interface StepPlace {
  readonly name: string;
  readonly index: number;
  readonly count: number;
}

/** Do one step's work; its options stop with the pipeline's call and report as it, its errors name the step. */
export async function inStep<T>(
  context: Context,
  { name, index, count }: StepPlace,
  work: (options: CallOptions) => Promise<T>,
): Promise<T> {
  await context.turn({ step: index, total: count, message: name });
  const { signal, onProgress } = context.inner({ step: index, total: count });
  const named = (event: Parameters<NonNullable<typeof onProgress>>[0]): unknown => {
    const place = event.total === undefined ? event.step : `${event.step}/${event.total}`;
    return onProgress?.({ ...event, message: `${name}: ${event.message ?? place}` });
  };
  try {
    return await work({ ...(signal && { signal }), ...(onProgress && { onProgress: named }) });
  } catch (error) {
    throw error instanceof SkeinError ? error.within(context.call, `step ${JSON.stringify(name)}`) : error;
  }
}

/** Do work on `rows`, and give their memory back unless they are the caller's own `X` or the result. */
export async function consume<T>(rows: unknown, X: unknown, work: (rows: unknown) => Promise<T>): Promise<T> {
  let result: T | undefined;
  try {
    result = await work(rows);
    return result;
  } finally {
    if (rows !== X && rows !== result && rows instanceof Tensor) rows.dispose();
  }
}

/** What is done with rows at a step; `isLast` at the last one. */
export type Send = (
  step: EstimatorLike,
  rows: unknown,
  options: CallOptions,
  isLast: boolean,
) => Promise<unknown> | undefined;

/** Transform at all steps but the last. */
export function toLast(atLast: Send): Send {
  return (step, rows, options, isLast) =>
    isLast ? atLast(step, rows, options, isLast) : step.transform?.(rows, options);
}

/** What becomes of `X` when it is sent through fitted steps, one after another. */
export async function sendThrough(steps: Steps, X: unknown, context: Context, send: Send): Promise<unknown> {
  const count = steps.length;
  let rows = X;
  for (const [index, [name, step]] of steps.entries()) {
    rows = await consume(rows, X, (given) =>
      inStep(context, { name, index, count }, async (options) => send(step, given, options, index === count - 1)),
    );
  }
  return rows;
}
