/** What is to be served: requests, formats, and how a replica is cut. */
import { check, type OptionSchema, resolveOptions } from "@skein-ml/core";
import type { Precision } from "../machines/machine.ts";
import { type Efficiencies, efficiencies } from "../training/efficiencies.ts";

export interface ServingJob {
  /** Tokens of a request, and of its answer. */
  readonly prompt: number;
  readonly answer: number;
  /** Requests a second over all replicas; 0 to plan one replica. Default 0 */
  readonly requestsPerSecond: number;
  /** Bits of a stored weight: 16, 8 or 4. Default 16 */
  readonly weightBits: number;
  /** Bits of a stored key or value. Default 16 */
  readonly cacheBits: number;
  /** Format of the matrix products. Default "bf16" */
  readonly precision: Precision;
  /** Devices a replica is cut over. Default: the fewest that hold it */
  readonly tensor: number;
  /** Requests decoded together. Default: as many as fit and meet the target between tokens, at most 256 */
  readonly batch: number;
  /** Seconds until the first token, and between tokens, at most; 0 for no target. */
  readonly firstTokenTarget: number;
  readonly betweenTokensTarget: number;
  /** Tokens a draft model proposes at a time; 0 for none. Default 0 */
  readonly draftTokens: number;
  /** Chance that a proposed token is accepted. Default 0.7 */
  readonly acceptance: number;
  /** Time of a draft step as a share of a step of the model. Default 0.05 */
  readonly draftCost: number;
  /** Variation of service times (standard deviation by mean). Default 1 */
  readonly variation: number;
  /** Share of memory kept free. Default 0.1 */
  readonly margin: number;
  readonly efficiencies: Efficiencies;
}

export type ServingOptions = Partial<Omit<ServingJob, "efficiencies" | "prompt" | "answer">> & {
  readonly prompt: number;
  readonly answer: number;
  readonly efficiencies?: Partial<Efficiencies>;
};

const share = (value: number) => check.number({ min: 0, max: 1, default: value });

const schema: OptionSchema<Omit<ServingJob, "efficiencies">> = {
  prompt: check.integer({ min: 1 }),
  answer: check.integer({ min: 1 }),
  requestsPerSecond: check.number({ min: 0, default: 0 }),
  weightBits: check.oneOf([16, 8, 4], { default: 16 }),
  cacheBits: check.oneOf([16, 8, 4], { default: 16 }),
  precision: check.oneOf(["fp32", "bf16", "fp8"], { default: "bf16" }),
  tensor: check.integer({ min: 0, default: 0 }),
  batch: check.integer({ min: 0, default: 0 }),
  firstTokenTarget: check.number({ min: 0, default: 0 }),
  betweenTokensTarget: check.number({ min: 0, default: 0 }),
  draftTokens: check.integer({ min: 0, default: 0 }),
  acceptance: share(0.7),
  draftCost: share(0.05),
  variation: check.number({ min: 0, default: 1 }),
  margin: check.number({ min: 0, max: 0.9, default: 0.1 }),
};

/** A serving job with its defaults. @throws OptionError for an unknown or wrong option */
export function servingJob(options: ServingOptions): ServingJob {
  const { efficiencies: shares = {}, ...rest } = options;
  return { ...resolveOptions("servingJob", schema, rest), efficiencies: efficiencies(shares) };
}
