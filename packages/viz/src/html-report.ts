/**
 * A report as one HTML file that stands alone: style and charts are inside, nothing is fetched, no script runs.
 */
import { type Checker, check, DataError, type OptionSchema, resolveOptions } from "@skein-ml/core";
import type { ChartSpec } from "./chart-spec.ts";
import { escapeHtml } from "./escape-html.ts";
import { renderSvg } from "./render-svg.ts";
import { reportStyle } from "./report-style.ts";

/** What stands in a cell. Numbers are shown as they are: round them before. */
export type ReportCell = string | number | boolean;

export interface ReportTable {
  readonly columns: readonly string[];
  /** Rows of as many cells as there are columns. */
  readonly rows: readonly (readonly ReportCell[])[];
  /** Default: none */
  readonly caption?: string;
}

export interface ReportSection {
  readonly heading: string;
  /** Plain text; an empty line begins a new paragraph. Default: none */
  readonly text?: string;
  /** Default: none */
  readonly table?: ReportTable;
  /** Default: none */
  readonly charts?: readonly ChartSpec[];
}

export interface HtmlReport {
  readonly title: string;
  readonly sections: readonly ReportSection[];
  /** Plain text under the title. Default: none */
  readonly text?: string;
  /** Plain text at the end. Default: none */
  readonly footer?: string;
  /** The language of the texts, for screen readers. Default "en" */
  readonly lang?: string;
}

const cell: check.Checker<ReportCell> = check.either(check.string(), check.either(check.number(), check.boolean()));

const tableSchema: OptionSchema<Required<ReportTable>> = {
  columns: check.list(check.string(), { min: 1 }),
  rows: check.list(check.list(cell)),
  caption: check.string({ default: "" }),
};

const sectionSchema: OptionSchema<Required<ReportSection>> = {
  heading: check.string(),
  text: check.string({ default: "" }),
  table: outer("a table { columns, rows }", (value) => typeof value === "object" && value !== null, {
    default: emptyTable(),
  }),
  charts: outer("an array of charts", Array.isArray, { default: [] }),
};

const reportSchema: OptionSchema<Required<HtmlReport>> = {
  title: check.string(),
  sections: outer("an array of sections", Array.isArray),
  text: check.string({ default: "" }),
  footer: check.string({ default: "" }),
  lang: check.string({ default: "en" }),
};

/** For what is checked in detail where it is used. */
function outer<T>(wanted: string, accepts: (value: unknown) => boolean, options: { default?: T } = {}): Checker<T> {
  return { wanted, ...options, refused: ["text", 7], accepts: (value): value is T => accepts(value) };
}

function emptyTable(): ReportTable {
  return { columns: [], rows: [] };
}

/**
 * The text of an HTML file with headings, paragraphs, tables and charts, light or dark as the reader's system is.
 *
 * @throws OptionError  for a missing, unknown or wrong field of the report, a section or a table
 * @throws DataError    for a row that does not fit its table, or a chart that can't be drawn
 * @example
 * const html = await htmlReport({
 *   title: "Digits",
 *   sections: [{ heading: "Training", charts: [learningCurves({ loss: [0.9, 0.4, 0.2] })] }],
 * });
 */
export async function htmlReport(report: HtmlReport): Promise<string> {
  const { title, sections, text, footer, lang } = resolve<HtmlReport>("htmlReport", reportSchema, report);
  const bodies: string[] = [];
  for (const [i, section] of sections.entries())
    bodies.push(await sectionHtml(`htmlReport, section ${i + 1}`, section));
  return `<!doctype html>
<html lang="${escapeHtml(lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${paragraphs(text)}${bodies.join("")}</main>
${footer && `<footer>${escapeHtml(footer)}</footer>\n`}</body>
</html>
`;
}

async function sectionHtml(call: string, section: ReportSection): Promise<string> {
  const { heading, text, table, charts } = resolve<ReportSection>(call, sectionSchema, section);
  const figures: string[] = [];
  for (const chart of charts) figures.push(`<figure>${await renderSvg(chart)}</figure>\n`);
  const body = `${paragraphs(text)}${table.columns?.length === 0 ? "" : tableHtml(call, table)}${figures.join("")}`;
  return `<section>\n<h2>${escapeHtml(heading)}</h2>\n${body}</section>\n`;
}

function tableHtml(call: string, table: ReportTable): string {
  const { columns, rows, caption } = resolve<ReportTable>(call, tableSchema, table);
  const odd = rows.findIndex((row) => row.length !== columns.length);
  if (odd >= 0) {
    throw new DataError(call, `row ${odd} of the table does not have a cell for each column`, {
      cells: rows[odd]?.length,
      columns: columns.length,
    });
  }
  const numeric = columns.map((_, j) => isNumericColumn(rows.map((row) => row[j] ?? "")));
  const cells = (tag: "td" | "th", row: readonly ReportCell[]): string =>
    row
      .map((value, j) => `<${tag}${numeric[j] ? ' class="number"' : ""}>${escapeHtml(String(value))}</${tag}>`)
      .join("");
  const head = `<thead><tr>${cells("th", columns)}</tr></thead>`;
  const body = rows.map((row) => `<tr>${cells("td", row)}</tr>`).join("\n");
  const title = caption && `<caption>${escapeHtml(caption)}</caption>`;
  return `<div class="table"><table>${title}${head}<tbody>\n${body}\n</tbody></table></div>\n`;
}

/** Numbers, or text that begins like one ("0.97", "12.3 s"); some cells may be empty. */
function isNumericColumn(cells: readonly ReportCell[]): boolean {
  const filled = cells.filter((cell) => cell !== "");
  return filled.length > 0 && filled.every((cell) => typeof cell === "number" || /^[-+]?\d/.test(String(cell)));
}

function paragraphs(text: string): string {
  const blocks = text.split(/\n\s*\n/).map((block) => block.trim());
  return blocks
    .filter((block) => block !== "")
    .map((block) => `<p>${escapeHtml(block)}</p>\n`)
    .join("");
}

function resolve<T extends object>(call: string, schema: OptionSchema<Required<T>>, given: T): Required<T> {
  return resolveOptions(call, schema as OptionSchema, given) as Required<T>;
}
