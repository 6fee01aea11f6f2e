/** The report: one HTML file with scores, curves and confusion matrices. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import {
  confusionMatrixChart,
  htmlReport,
  learningCurves,
  type ReportSection,
  type ReportTable,
  type Score,
  scoreBars,
} from "@skein-ml/skein";
import type { Outcome } from "./outcome.ts";

/** Write the report. Folders on the way are made. */
export async function writeReport(path: string, outcomes: readonly Outcome[]): Promise<void> {
  const html = await htmlReport({
    title: "Skein: three models on real data",
    text: "Each was trained on one part of the data and scored on another that it had not seen.",
    sections: [scores(outcomes), ...outcomes.map(details)],
    footer: `Made by npm start on ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}.`,
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, html);
}

/** All scores in a table, for the report and for the terminal. */
export function scoreTable(outcomes: readonly Outcome[]): ReportTable {
  const rows = outcomes.flatMap(({ model, data, accuracy, baselines, fitSeconds }) => [
    [model, data, accuracy.toFixed(4), `${fitSeconds.toFixed(1)} s`],
    ...baselines.map((other) => [
      `  ${other.name}`,
      data,
      other.accuracy.toFixed(4),
      other.fitSeconds === undefined ? "" : `${other.fitSeconds.toFixed(1)} s`,
    ]),
  ]);
  return { columns: ["model", "data", "test accuracy", "training"], rows };
}

function scores(outcomes: readonly Outcome[]): ReportSection {
  const bars = outcomes.flatMap(({ model, data, accuracy, baselines }): Score[] => [
    { name: model, score: accuracy, group: data },
    ...baselines.map((other) => ({ name: other.name, score: other.accuracy, group: data, baseline: true })),
  ]);
  const seen = new Set<string>();
  const once = bars.filter(({ name, group }) => !seen.has(`${group} ${name}`) && seen.add(`${group} ${name}`));
  return {
    heading: "Scores",
    table: scoreTable(outcomes),
    charts: [scoreBars(once, { metric: "test accuracy" })],
  };
}

function details(outcome: Outcome): ReportSection {
  const { model, data, classes, confusion, history, fileBytes, sameAfterReload, yTrain, yTest } = outcome;
  const same = sameAfterReload ? "gave the same numbers to the last bit" : "gave DIFFERENT numbers";
  return {
    heading: `${data}: ${model}`,
    text:
      `Trained on ${count(yTrain.length)} rows, scored on ${count(yTest.length)} others. ` +
      `Saved to ${kilobytes(fileBytes)} and loaded again, it ${same}.`,
    charts: [...(history ? [learningCurves(history)] : []), confusionMatrixChart(confusion, classes)],
  };
}

export function count(rows: number): string {
  return rows.toLocaleString("en");
}

export function kilobytes(bytes: number): string {
  return `${count(Math.ceil(bytes / 1000))} kB`;
}
