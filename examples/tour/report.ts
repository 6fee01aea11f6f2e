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
  const rows = standings(outcomes).map(({ name, group = "", score, seconds }) => {
    return [name, group, score.toFixed(4), seconds === undefined ? "" : `${seconds.toFixed(1)} s`];
  });
  return { columns: ["model", "data", "test accuracy", "training"], rows };
}

/** A bar of the chart, a row of the table. */
interface Standing extends Score {
  readonly seconds?: number | undefined;
}

/** The models on each data set, and below them once each what they are compared with. */
function standings(outcomes: readonly Outcome[]): Standing[] {
  const sets = [...new Set(outcomes.map(({ data }) => data))];
  return sets.flatMap((group) => {
    const ours = outcomes.filter(({ data }) => data === group);
    const others = new Map(ours.flatMap(({ baselines }) => baselines.map((other) => [other.name, other])));
    return [
      ...ours.map(({ model, accuracy, fitSeconds }) => ({ name: model, group, score: accuracy, seconds: fitSeconds })),
      ...[...others.values()].map(({ name, accuracy, fitSeconds }) => {
        return { name, group, score: accuracy, seconds: fitSeconds, baseline: true };
      }),
    ];
  });
}

function scores(outcomes: readonly Outcome[]): ReportSection {
  return {
    heading: "Scores",
    text: "Grey: what the models are compared with. The majority class is always guessed from the training rows.",
    table: scoreTable(outcomes),
    charts: [scoreBars(standings(outcomes), { metric: "test accuracy" })],
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
