/**
 * The net inside `TextClassifier`: embedding, LSTM, dropout, linear. Takes padded numbers of words, gives logits.
 */
import { check, resolveOptions, type Tensor } from "@skein-ml/core";
import { type CallContext, Dropout, Embedding, Linear, LSTM, Model } from "@skein-ml/nn";
import { PADDING } from "./vocabulary.ts";

/** The sizes of a text net. */
export interface TextNetOptions {
  /** Numbers of words, padding and unknown among them. */
  vocabularySize: number;
  classes: number;
  /** Width of a word's vector. */
  embedding: number;
  /** Width of the LSTM's state. */
  hidden: number;
  layers: number;
  dropout: number;
  bidirectional: boolean;
}

const schema = {
  vocabularySize: check.integer({ min: 3 }),
  classes: check.integer({ min: 2 }),
  embedding: check.integer({ min: 1 }),
  hidden: check.integer({ min: 1 }),
  layers: check.integer({ min: 1 }),
  dropout: check.number({ min: 0, max: 1, exclusiveMax: true }),
  bidirectional: check.boolean(),
};

export class TextNet extends Model {
  static override readonly className: string = "TextNet";
  readonly options: Readonly<TextNetOptions>;
  readonly embedding: Embedding;
  readonly lstm: LSTM;
  readonly dropout: Dropout;
  readonly output: Linear;

  /** @throws OptionError if a size is out of range */
  constructor(options: TextNetOptions) {
    super();
    const { vocabularySize, classes, embedding, hidden, layers, dropout, bidirectional } = options;
    this.options = resolveOptions("TextNet", schema, options) as Required<TextNetOptions>;
    this.embedding = new Embedding(vocabularySize, embedding, { paddingIndex: PADDING });
    this.lstm = new LSTM(hidden, { layers, dropout: layers > 1 ? dropout : 0, bidirectional });
    this.dropout = new Dropout(dropout);
    this.output = new Linear(classes);
  }

  protected override get constructorArguments(): readonly unknown[] {
    return [this.options];
  }

  /** `x [B, T]` whole numbers -> logits `[B, classes]`. */
  call(x: Tensor, context: CallContext): Tensor {
    const state = this.lstm.apply(this.embedding.apply(x, context), context);
    return this.output.apply(this.dropout.apply(state, context), context);
  }
}
