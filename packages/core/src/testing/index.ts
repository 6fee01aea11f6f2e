export { type ReferenceRoutine, REFERENCE_ROUTINES, runReference } from "../reference/routines/index.ts";
export type { ReferenceView } from "../reference/view.ts";
export { backendSuite, type BackendSuiteOptions } from "./backend-suite.ts";
export {
  type EstimatorConstructor,
  type EstimatorSuiteOptions,
  estimatorChecks,
  estimatorSuite,
} from "./estimator-suite.ts";
export type { EstimatorCheck, Sample } from "./estimator-suite-samples.ts";
