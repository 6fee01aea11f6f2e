/** ResNet-50, laid out convolution by convolution: 7x7 stem, four stages of bottlenecks of 3, 4, 6 and 3 blocks. */
import { type Convolution, convolutionalModel, type LayeredModel } from "./layered.ts";

const stages = [
  { blocks: 3, width: 64, size: 56 },
  { blocks: 4, width: 128, size: 28 },
  { blocks: 6, width: 256, size: 14 },
  { blocks: 3, width: 512, size: 7 },
] as const;

/** ResNet-50 for pictures of 224 x 224 and 1,000 classes; the stride sits in the 3x3 convolutions, as in torchvision. */
export function resnet50(): LayeredModel {
  const convolutions: Convolution[] = [{ name: "stem", kernel: 7, inputs: 3, outputs: 64, size: 112 }];
  let inputs = 64;
  for (const [s, { blocks, width, size }] of stages.entries()) {
    for (let b = 0; b < blocks; b++) {
      const before = s > 0 && b === 0 ? 2 * size : size;
      const name = `stage ${s + 1} block ${b + 1}`;
      convolutions.push(
        { name: `${name} in`, kernel: 1, inputs, outputs: width, size: before },
        { name: `${name} middle`, kernel: 3, inputs: width, outputs: width, size },
        { name: `${name} out`, kernel: 1, inputs: width, outputs: 4 * width, size },
      );
      if (b === 0) convolutions.push({ name: `${name} shortcut`, kernel: 1, inputs, outputs: 4 * width, size });
      inputs = 4 * width;
    }
  }
  const source = "He, Zhang, Ren, Sun 2016, table 1 (50-layer)";
  return convolutionalModel({ name: "resnet-50", source, convolutions, dense: [2048, 1000] });
}
