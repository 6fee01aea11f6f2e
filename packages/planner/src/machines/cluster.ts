/** Clusters: nodes of devices with links, from options or from a short text such as "16xh100" (16 nodes). */
import { didYouMean, OptionError } from "@skein-ml/core";
import { acceleratorNames, acceleratorPreset } from "./accelerators.ts";
import { linkPreset } from "./links.ts";
import type { Accelerator, Cluster, Link } from "./machine.ts";

export interface ClusterOptions {
  readonly nodes: number;
  /** Default 8 */
  readonly devicesPerNode?: number;
  /** A name, or one described by hand. */
  readonly accelerator: string | Accelerator;
  /** Link inside a node. Default: the accelerator's */
  readonly inside?: string | Link;
  /** Link between nodes. Default: InfiniBand of the accelerator's generation */
  readonly between?: string | Link;
  /** Network ports of a node. Default: one a device */
  readonly ports?: number;
  /** Default 1 */
  readonly oversubscription?: number;
  /**
   * Hours a device runs until something stops the job. Default 50,677: 419 unexpected stops of 16,384 devices in 54 days
   * (Grattafiori et al. 2024, section 3.3.4).
   */
  readonly deviceHoursToFailure?: number;
}

/** 16,384 devices · 54 days · 24 h / 419 stops. */
const HOURS_TO_FAILURE = (16_384 * 54 * 24) / 419;

const names = [
  "nodes",
  "devicesPerNode",
  "accelerator",
  "inside",
  "between",
  "ports",
  "oversubscription",
  "deviceHoursToFailure",
];

/**
 * A cluster.
 *
 * @throws OptionError for an unknown option or name, or a wrong count
 * @example deviceCount(cluster({ nodes: 16, accelerator: "h100" })) // => 128
 */
export function cluster(options: ClusterOptions): Cluster {
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new OptionError("cluster", `unknown option ${JSON.stringify(unknown)}`, {}, didYouMean(unknown, names));
  }
  const { nodes, devicesPerNode = 8, accelerator: device, oversubscription = 1 } = options;
  const { ports = devicesPerNode, deviceHoursToFailure = HOURS_TO_FAILURE } = options;
  checkWhole({ nodes, devicesPerNode, ports });
  checkPositive({ oversubscription, deviceHoursToFailure });
  const accelerator = typeof device === "string" ? acceleratorPreset(device) : device;
  return {
    name: `${nodes}x${accelerator.name}${devicesPerNode === 8 ? "" : `x${devicesPerNode}`}`,
    nodes,
    devicesPerNode,
    accelerator,
    inside: resolveLink(options.inside ?? accelerator.link),
    between: resolveLink(options.between ?? networkOf(accelerator)),
    ports,
    oversubscription,
    deviceHoursToFailure,
  };
}

const clusterText = /^(?<nodes>\d+)x(?<name>[a-z0-9-]+?)(?:x(?<devices>\d+))?(?:@(?<between>[a-z0-9-]+))?$/;

/**
 * A cluster from text: nodes, accelerator, then devices a node if not 8, and the network if not the usual one.
 *
 * @throws OptionError for text of another form
 * @example deviceCount(parseCluster("16xh100")) // => 128
 * @example parseCluster("4xa100-80x4@roce-100").between.name // => "roce-100"
 */
export function parseCluster(text: string): Cluster {
  const found = clusterText.exec(text)?.groups;
  if (found === undefined) {
    const repair = 'Write NODESxACCELERATOR, such as "16xh100", "4xa100-80x4" or "16xh100@roce-400".';
    throw new OptionError("parseCluster", `a cluster can't be read from ${JSON.stringify(text)}`, {}, repair);
  }
  return cluster({
    nodes: Number(found.nodes),
    accelerator: found.name ?? "",
    ...(found.devices !== undefined && { devicesPerNode: Number(found.devices) }),
    ...(found.between !== undefined && { between: found.between }),
  });
}

function resolveLink(link: string | Link): Link {
  return typeof link === "string" ? linkPreset(link) : link;
}

/** The network usually sold with an accelerator. */
function networkOf({ name }: Accelerator): string {
  if (!acceleratorNames.includes(name)) return "ethernet-100";
  if (name.startsWith("a100")) return "infiniband-hdr";
  if (name.startsWith("tpu") || /^(h|b|mi)\d/.test(name)) return "infiniband-ndr";
  return "ethernet-25";
}

function checkWhole(counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new OptionError("cluster", `${name} must be a positive whole number`, { [name]: value }, "Pass a count.");
  }
}

function checkPositive(values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (Number.isFinite(value) && value > 0) continue;
    throw new OptionError("cluster", `${name} must be a positive number`, { [name]: value });
  }
}
