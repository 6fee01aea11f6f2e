import { describe, it } from "vitest";
import { estimatorSuite } from "./estimator-suite.ts";
import * as toys from "./toy-estimators.ts";

estimatorSuite(toys, { describe, it });
