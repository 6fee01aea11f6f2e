import { DataError } from "@skein-ml/core";
import { expect, test } from "vitest";
import type { ChartSpec } from "./chart-spec.ts";
import { renderSvg } from "./render-svg.ts";

function points(values: object[]): ChartSpec {
  return {
    data: { values },
    mark: "point",
    encoding: { x: { field: "x", type: "quantitative" }, y: { field: "name", type: "nominal" } },
  };
}

test("any Vega-Lite spec is drawn, with its description as label", async () => {
  const svg = await renderSvg({ ...points([{ x: 3, name: "a" }]), title: "Points", description: "One point" });
  expect(svg).toMatch(/^<svg [^>]*role="img" aria-label="One point"><title>Points<\/title>/);
  expect(svg).toContain(">a</text>");
});

test("expressions work without generated code", async () => {
  const filtered = {
    ...points([
      { x: 1, name: "kept" },
      { x: -1, name: "gone" },
    ]),
    transform: [{ filter: "datum.x > 0" }],
  };
  const svg = await renderSvg(filtered as ChartSpec);
  expect(svg).toContain(">kept</text>");
  expect(svg).not.toContain("gone");
});

test("texts are escaped", async () => {
  const nasty = `</svg><script>alert("x")</script>&`;
  const svg = await renderSvg({ ...points([{ x: 1, name: nasty }]), title: nasty, description: nasty });
  expect(svg).not.toContain("<script");
  expect(svg.match(/<\/svg>/g)).toHaveLength(1);
  expect(svg).toContain("&lt;script&gt;");
});

test("the same chart gives the same text", async () => {
  const spec = points([{ x: 1, name: "a" }]);
  expect(await renderSvg(spec)).toBe(await renderSvg(structuredClone(spec)));
});

test.each([
  ["data", { ...points([]), data: { url: "https://example.com/data.json" } }],
  ["a file", { ...points([]), data: { url: "file:///etc/hostname" } }],
  [
    "a picture",
    { data: { values: [{}] }, mark: { type: "image", url: "https://example.com/a.png", width: 9, height: 9 } },
  ],
])("%s elsewhere is refused", async (_, spec) => {
  await expect(renderSvg(spec as ChartSpec)).rejects.toThrow(DataError);
  await expect(renderSvg(spec as ChartSpec)).rejects.toThrow("nothing is fetched");
});

test.each([null, "chart", [], {}, { mark: "no such mark", data: { values: [] }, encoding: {} }])(
  "%j is refused",
  async (wrong) => {
    await expect(renderSvg(wrong as ChartSpec)).rejects.toThrow(DataError);
  },
);
