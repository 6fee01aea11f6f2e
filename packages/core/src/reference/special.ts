/**
 * Special functions JavaScript's `Math` lacks or has in a poor form, in float64, for the reference interpreter.
 */

/** `log(1 + x)`. */
export function log1p(x: number): number {
  return Math.log1p(x);
}

/** Logistic function `1 / (1 + exp(-x))`, without overflow for any x. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/**
 * Error function `2/√π ∫₀ˣ exp(-t²) dt`, relative error below 1e-15.
 *
 * Below 2 the Maclaurin series in the form with positive terms only (Abramowitz, Stegun 7.1.6); above, one minus the
 * continued fraction of the complement (7.1.14), evaluated backwards.
 */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  return Math.sign(x) * (a < 2 ? erfSeries(a) : 1 - erfcFraction(a)) || x;
}

function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

function erfcFraction(x: number): number {
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction));
}
