import { DataError, OptionError } from "@skein-ml/core";
import { expect, test } from "vitest";
import { confusionMatrixChart } from "./confusion-matrix-chart.ts";
import { type HtmlReport, htmlReport } from "./html-report.ts";
import { learningCurves } from "./learning-curves.ts";

const report: HtmlReport = {
  title: "Digits",
  text: "What came out.",
  footer: "Made today",
  sections: [
    {
      heading: "Scores",
      text: "First.\n\nSecond.",
      table: {
        columns: ["model", "accuracy"],
        rows: [
          ["net", "0.98"],
          ["none", 0.1],
        ],
        caption: "On held-out rows",
      },
    },
    { heading: "Charts", charts: [learningCurves({ loss: [2, 1] }), confusionMatrixChart([[7]], ["seven"])] },
  ],
};

test("one file with everything inside", async () => {
  const html = await htmlReport(report);
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(html).toContain("<p>First.</p>\n<p>Second.</p>");
  expect(html).toContain('<tr><td>net</td><td class="number">0.98</td></tr>');
  expect(html).toContain("<caption>On held-out rows</caption>");
  expect(html.match(/<figure><svg /g)).toHaveLength(2);
  expect(html).toContain(">seven</text>");
});

test("nothing is fetched and no script runs", async () => {
  const html = await htmlReport(report);
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\bsrc=|\bhref=/);
});

test("texts are escaped wherever they stand", async () => {
  const nasty = `<script>alert('x')</script>"&\u0000`;
  const html = await htmlReport({
    title: nasty,
    text: nasty,
    footer: nasty,
    lang: nasty,
    sections: [
      {
        heading: nasty,
        text: nasty,
        table: { columns: [nasty], rows: [[nasty]], caption: nasty },
        charts: [confusionMatrixChart([[1]], [nasty], { title: nasty })],
      },
    ],
  });
  expect(html).not.toContain("<script");
  expect(html).not.toContain("\u0000");
  expect(html).toContain("<h1>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;</h1>");
});

test.each([
  [{ sections: [] }, OptionError, "htmlReport: option title is required"],
  [{ title: "x" }, OptionError, "option sections is required"],
  [{ title: "x", section: [], sections: [] }, OptionError, "Did you mean"],
  [{ title: "x", sections: [{ text: "y" }] }, OptionError, "htmlReport, section 1: option heading is required"],
  [{ title: "x", sections: [{ heading: "h", charts: {} }] }, OptionError, "option charts must be an array"],
  [
    { title: "x", sections: [null] },
    OptionError,
    "htmlReport, section 1: options must be a plain object, but null came",
  ],
  [{ title: "x", sections: [{ heading: "h", charts: [{}] }] }, DataError, "the chart can't be drawn"],
  [
    { title: "x", sections: [{ heading: "h", table: { columns: ["a"], rows: [["b", "c"]] } }] },
    DataError,
    "row 0 of the table does not have a cell for each column (cells 2, columns 1)",
  ],
])("%j is refused", async (wrong, type, message) => {
  const call = htmlReport(wrong as HtmlReport);
  await expect(call).rejects.toThrow(type);
  await expect(call).rejects.toThrow(message);
});
