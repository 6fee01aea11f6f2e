/** Pipelines, splits, cross-validation and metrics: docs/workflow.md. */
export { makePipeline } from "./pipeline/make-pipeline.ts";
export { trainTestSplit, type TrainTestSplitOptions } from "./split/train-test-split.ts";
export { Pipeline, type PipelineOptions } from "./pipeline/pipeline.ts";
