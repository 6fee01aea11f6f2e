/**
 * What it takes to train and to serve a language model, and what to buy next.
 *
 *     npx tsx examples/planner.ts [--small]
 */
import { explain, parseCluster, plan, searchPlans, sensitivity, transformerPreset } from "@skein-ml/planner";

const [name, machines] = process.argv.includes("--small") ? ["llama-3-8b", "4xh100"] : ["llama-3-70b", "64xh100"];
const job = { batch: 1024, tokens: 15e12 };

const training = plan(name, machines, { task: "train", ...job });
console.log(`${name} on ${machines}: ${training.run?.days.value.toFixed(0)} days at the best plan`);
console.log(`  a step: ${explain(training.time.total)}`);
console.log(`  optimizer state: ${explain(training.memory.optimizer)}`);

const model = transformerPreset(name);
const cluster = parseCluster(machines);
const { tried, ranked } = searchPlans(model, cluster, job);
console.log(`\n${tried} plans looked at; the best`);
for (const { parallel, step, utilization } of ranked.slice(0, 3)) {
  const { data, tensor, pipeline, zero } = parallel;
  console.log(
    `  data ${data}, tensor ${tensor}, pipeline ${pipeline}, ZeRO ${zero}: ${step.toFixed(1)} s, ${(100 * utilization).toFixed(1)} %`,
  );
}

console.log("\nTwice as much of");
for (const { what, speedup } of sensitivity(model, cluster, job))
  console.log(`  ${what}: ${speedup.toFixed(2)} times as fast`);

const serving = plan(name, "8xh100", {
  task: "serve",
  prompt: 1024,
  answer: 256,
  requestsPerSecond: 20,
  firstTokenTarget: 1,
});
console.log(`\n20 requests a second: ${serving.replicas.value} replicas of ${serving.replica.tensor} devices`);
console.log(
  `  first token after ${serving.timeToFirstToken.value.toFixed(2)} s, then one in ${(1000 * serving.betweenTokens.value).toFixed(0)} ms`,
);
