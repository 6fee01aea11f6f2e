/**
 * The tour, `npm start`: three models learn from real data, are scored on rows they have not seen, go through a file and
 * come back the same. `--small` takes a tenth of the texts.
 */
import { fileURLToPath } from "node:url";
import { numberDefinitions } from "./definitions.ts";
import { splitDigits } from "./digits.ts";
import { digitsLogistic } from "./digits-logistic.ts";
import { digitsNet } from "./digits-net.ts";
import type { Outcome } from "./outcome.ts";
import { count, kilobytes, scoreTable, writeReport } from "./report.ts";
import { Stage } from "./stage.ts";
import { textLstm } from "./text-lstm.ts";

const REPORT = fileURLToPath(new URL("../../report/index.html", import.meta.url));

async function tour(stage: Stage, signal: AbortSignal, share: number): Promise<void> {
  const started = performance.now();
  const outcomes: Outcome[] = [];
  const finish = (outcome: Outcome): void => {
    outcomes.push(outcome);
    tell(stage, outcome);
  };

  stage.say("Skein's tour: three models learn from real data. Ctrl-C stops it.");
  const digits = await splitDigits();
  stage.title(`Digits: ${count(digits.yTrain.length)} images of 8 x 8 pixels to learn from, 10 classes`);
  finish(await digitsLogistic(digits, stage, signal));
  finish(await digitsNet(digits, stage, signal));

  const definitions = await numberDefinitions(share);
  stage.title(`Definitions: ${count(definitions.train.y.length)} dictionary entries, 10 kinds of thing defined`);
  finish(await textLstm(definitions, stage, signal));

  await writeReport(REPORT, outcomes);
  stage.title("Scores on held-out rows");
  stage.table(scoreTable(outcomes));
  stage.say(`\nReport: ${REPORT}`);
  stage.say(`All done in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
}

function tell(stage: Stage, { accuracy, baselines, yTest, fileBytes, sameAfterReload }: Outcome): void {
  const others = baselines.map((other) => `${other.name} ${other.accuracy.toFixed(4)}`).join(", ");
  stage.say(`    accuracy ${accuracy.toFixed(4)} on ${count(yTest.length)} held-out rows (${others})`);
  if (!sameAfterReload) throw new Error("the model that was loaded gives other numbers than the one that was saved");
  stage.say(`    saved to ${kilobytes(fileBytes)}, loaded again: the same numbers to the last bit`);
}

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
try {
  await tour(new Stage(), controller.signal, process.argv.includes("--small") ? 0.1 : 1);
} catch (error) {
  if (!controller.signal.aborted) throw error;
  console.log("\nStopped.");
  process.exitCode = 130;
}
