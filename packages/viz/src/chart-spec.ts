/**
 * What a chart is here: a Vega-Lite spec, plain data that also renders with any other Vega tool. Its colours and fonts
 * are not in it; `render-svg.ts` adds them (`theme.ts`).
 */
import type { TopLevelSpec } from "vega-lite";

/** A chart as plain data: https://vega.github.io/vega-lite/docs/spec.html. */
export type ChartSpec = TopLevelSpec;

/** One chart of several that stand side by side. */
export type ChartPanel = Extract<ChartSpec, { concat: unknown }>["concat"][number];

/** Marks over one another in one frame, which may be repeated in rows. */
export type ChartLayers = Extract<Extract<ChartSpec, { facet: unknown }>["spec"], { layer: unknown }>;

/** The language of the charts made here. */
export const schema = "https://vega.github.io/schema/vega-lite/v6.json";
