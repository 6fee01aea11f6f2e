/** The charts of a report, as Vega-Lite specs. */
import type { ChartSpec } from "@skein-ml/viz";
import { planText } from "../cli/texts.ts";
import type { Figure } from "../figure.ts";
import type { NetworkCase } from "../network/requirements.ts";
import type { RankedPlan } from "../search/search.ts";

const schema = "https://vega.github.io/schema/vega-lite/v6.json";

/** Horizontal bars of the parts of a whole, in their order, those of zero left out. */
export function partBars(parts: readonly (readonly [string, Figure])[], scale: number, title: string): ChartSpec {
  const values = parts
    .filter(([, { value }]) => value > 0)
    .map(([part, { value }]) => ({ part, value: value / scale }));
  return {
    $schema: schema,
    description: `${title}: ${values.map(({ part, value }) => `${part} ${value.toPrecision(3)}`).join(", ")}`,
    data: { values },
    width: 420,
    height: { step: 24 },
    mark: { type: "bar", height: { band: 0.65 } },
    encoding: {
      x: { field: "value", type: "quantitative", title },
      y: { field: "part", type: "nominal", sort: null, title: null },
    },
  };
}

/** Time of a step against the rate between nodes, on a logarithmic axis. */
export function bandwidthCurve(cases: readonly NetworkCase[]): ChartSpec {
  return {
    $schema: schema,
    description: "Time of a step against the rate of the network between nodes",
    data: { values: cases.map(({ rate, step }) => ({ gigabits: rate / 1e9, step })) },
    width: 420,
    height: 220,
    mark: { type: "line", point: true },
    encoding: {
      x: { field: "gigabits", type: "quantitative", scale: { type: "log" }, title: "Gbit/s a port between nodes" },
      y: { field: "step", type: "quantitative", title: "seconds a step", scale: { zero: true } },
    },
  };
}

/** Plans side by side. */
export function planBars(plans: readonly RankedPlan[]): ChartSpec {
  const values = plans.map(({ parallel, microBatch, recompute, step }) => {
    return { plan: `${planText(parallel)}, micro-batch ${microBatch}, recompute ${recompute}`, step };
  });
  return {
    $schema: schema,
    description: "Time of a step of the best plans",
    data: { values },
    width: 360,
    height: { step: 24 },
    mark: { type: "bar", height: { band: 0.65 } },
    encoding: {
      x: { field: "step", type: "quantitative", title: "seconds a step" },
      y: { field: "plan", type: "nominal", sort: null, title: null, axis: { labelLimit: 380 } },
    },
  };
}
