export { REFERENCE_ROUTINES, type ReferenceRoutine, runReference } from "../reference/routines/table.ts";
export type { ReferenceView } from "../reference/view.ts";
export { type BackendSuiteOptions, backendSuite } from "./backend-suite.ts";
export {
  type EstimatorConstructor,
  type EstimatorSuiteOptions,
  estimatorChecks,
  estimatorSuite,
} from "./estimator-suite.ts";
export type { EstimatorCheck, Sample } from "./estimator-suite-samples.ts";
export { hostileFiles, type Random, seededRandom } from "./hostile-files.ts";
