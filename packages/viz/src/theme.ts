/**
 * How charts look: quiet axes, one hue for what matters and another beside it.
 *
 * Text and lines take the colour of the text around the chart (`currentColor`) and the ground is transparent, so that one
 * SVG fits a light page and a dark one. The series colours have a contrast of at least 3:1 on both, and blue and orange
 * stay apart with every common form of colour blindness.
 */
import type { Config } from "vega-lite";

/** Colours with a meaning. */
export const colours = {
  /** The first series, bars, cells. */
  main: "#2f78c4",
  /** The second series. */
  second: "#d5700f",
  /** What is there for comparison. */
  muted: "#8b9097",
  /** Text on cells of full `main`. */
  onMain: "#ffffff",
} as const;

const fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** Vega-Lite's config; a chart's own goes before it. */
export const theme: Config = {
  background: "transparent",
  font: fonts,
  view: { stroke: null },
  range: { category: [colours.main, colours.second, "#2a9270", "#a855a0", "#b3892c", colours.muted] },
  title: { color: "currentColor", fontSize: 14, fontWeight: 600, anchor: "start", offset: 12 },
  axis: {
    labelColor: "currentColor",
    labelFontSize: 11,
    labelOpacity: 0.8,
    titleColor: "currentColor",
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 8,
    domainColor: "currentColor",
    domainOpacity: 0.4,
    gridColor: "currentColor",
    gridOpacity: 0.12,
    tickColor: "currentColor",
    tickOpacity: 0.4,
  },
  legend: {
    labelColor: "currentColor",
    labelFontSize: 12,
    titleColor: "currentColor",
    titleFontSize: 12,
    titleFontWeight: "normal",
  },
  header: { labelColor: "currentColor", labelFontSize: 12, labelFontWeight: 600, titleColor: "currentColor" },
  line: { strokeWidth: 2 },
  text: { color: "currentColor", fontSize: 12 },
};
