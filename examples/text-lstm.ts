/**
 * A model of one's own: which kind of thing does a dictionary definition define? An embedding, two LSTM layers, dropout
 * and a linear layer, with a `call` that says how they work together.
 *
 *     npx tsx examples/text-lstm.ts [--small]
 */
import {
  Adam,
  type CallContext,
  Dropout,
  Embedding,
  Linear,
  LSTM,
  loadDefinitions,
  Model,
  padSequences,
  type Tensor,
  Vocabulary,
  WordTokenizer,
} from "@skein-ml/skein";

const small = process.argv.includes("--small");
const VOCABULARY = 10_000;
const WORDS = 12; // of a text; what is longer is cut

class DefinitionNet extends Model {
  static override readonly className = "DefinitionNet";
  readonly embedding = new Embedding(VOCABULARY, 128, { paddingIndex: 0 });
  readonly lstm = new LSTM(256, { layers: 2, dropout: 0.5 });
  readonly dropout = new Dropout(0.5);
  readonly linear = new Linear(10);

  /** tokens [n, words] -> one number a class [n, 10] */
  call(tokens: Tensor, context: CallContext): Tensor {
    // The LSTM gives its state after the last word of each row.
    const last = this.lstm.apply(this.embedding.apply(tokens, context), context);
    return this.linear.apply(this.dropout.apply(last, context), context);
  }
}

const { split, targetNames } = await loadDefinitions();
const rows = small ? 640 : split.train.texts.length;

const tokenizer = new WordTokenizer();
const words = (texts: readonly string[]) => texts.map((text) => tokenizer.tokenize(text));
const vocabulary = Vocabulary.build(words(split.train.texts), { maxSize: VOCABULARY });
const numbered = (texts: readonly string[]) =>
  padSequences(
    words(texts).map((text) => vocabulary.encode(text)),
    { length: WORDS },
  ).tokens;
const classOf = (labels: readonly string[]) => labels.map((label) => targetNames.indexOf(label));

const model = new DefinitionNet();
model.compile({
  optimizer: new Adam({ learningRate: 0.003 }),
  loss: "crossEntropy",
  metrics: ["accuracy"],
  seed: 0,
});

// fit trains: dropout drops, weights change.
await model.fit(numbered(split.train.texts.slice(0, rows)), classOf(split.train.labels.slice(0, rows)), {
  epochs: small ? 1 : 2,
  batchSize: 32,
  onProgress: ({ step, total, metrics }) => {
    if (step % 50 === 0) console.log(`step ${step} of ${total}: loss ${metrics?.loss?.toFixed(3)}`);
  },
});

// evaluate and predict evaluate: nothing drops, nothing changes.
const tests = small ? 200 : split.test.texts.length;
const XTest = numbered(split.test.texts.slice(0, tests));
const { accuracy } = await model.evaluate(XTest, classOf(split.test.labels.slice(0, tests)));
console.log(`accuracy ${accuracy?.toFixed(4)} on ${tests} held-out definitions, chance is 0.1`);
