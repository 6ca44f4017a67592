import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { elementTypes, onnxModel } from './onnx-file.ts';

/** Token vectors of three dimensions. Padding is far from zero, so that a mean that forgets the mask shows. */
const table = [
  ['[PAD]', [9, 9, 9]],
  ['[UNK]', [1, 1, 1]],
  ['[CLS]', [0, 0, 0]],
  ['[SEP]', [0, 0, 0]],
  ['red', [3, 0, 0]],
  ['apple', [0, 4, 0]],
  ['sea', [0, 0, 5]],
] as const;

/** The same tokens for pairs, small enough that a sigmoid does not saturate: red and apple disagree. */
const pairTable = [
  ['[PAD]', [9, 9, 9]],
  ['[UNK]', [0, 0, 0]],
  ['[CLS]', [0, 0, 0]],
  ['[SEP]', [0, 0, 0]],
  ['red', [1, 0, 0]],
  ['apple', [-1, 1, 0]],
  ['sea', [0, 0, 2]],
] as const;

/**
 * Writes a whole model of the kind that the hub holds: an ONNX graph that looks up one vector per token
 * (`last_hidden_state = Gather(table, input_ids)`), and the tokenizer of a BERT with seven tokens.
 */
export function writeTinyModel(folder: string): Promise<void> {
  return writeModel(folder, { graph: encoder(), architecture: 'BertModel', tokensMax: 6 });
}

/**
 * The same for pairs of texts: the one logit is the dot product of the sum of the first text's token vectors and
 * the sum of the second's, padding left out.
 */
export function writeTinyCrossEncoder(folder: string): Promise<void> {
  return writeModel(folder, { graph: crossEncoder(), architecture: 'BertForSequenceClassification', tokensMax: 9 });
}

interface TinyModel {
  readonly graph: Buffer;
  readonly architecture: string;
  readonly tokensMax: number;
}

async function writeModel(folder: string, { graph, architecture, tokensMax }: TinyModel): Promise<void> {
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await writeFile(join(folder, 'onnx', 'model.onnx'), graph);
  const vocab = Object.fromEntries(table.map(([token], id) => [token, id]));
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'].map((content, id) => ({ id, content, special: true, ...plain }));
  const files = {
    'config.json': { model_type: 'bert', architectures: [architecture], hidden_size: 3, vocab_size: table.length },
    'tokenizer_config.json': {
      tokenizer_class: 'BertTokenizer',
      model_max_length: tokensMax,
      pad_token: '[PAD]',
      unk_token: '[UNK]',
      cls_token: '[CLS]',
      sep_token: '[SEP]',
    },
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: special,
      normalizer: {
        type: 'BertNormalizer',
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: {
        type: 'TemplateProcessing',
        single: [sequence('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, sequence('[SEP]')],
        pair: [
          sequence('[CLS]'),
          { Sequence: { id: 'A', type_id: 0 } },
          sequence('[SEP]'),
          { Sequence: { id: 'B', type_id: 1 } },
          sequence('[SEP]', 1),
        ],
        special_tokens: {
          '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
          '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
        },
      },
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab,
      },
    },
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(content));
}

const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false } as const;

function sequence(id: string, type = 0): object {
  return { SpecialToken: { id, type_id: type } };
}

const inputs = ['input_ids', 'attention_mask', 'token_type_ids'];

function encoder(): Buffer {
  return onnxModel({
    constants: [
      { name: 'table', dimensions: [table.length, 3], values: Float32Array.from(table.flatMap(([, v]) => v)) },
    ],
    nodes: [{ output: 'last_hidden_state', operator: 'Gather', inputs: ['table', 'input_ids'] }],
    inputs,
    output: { name: 'last_hidden_state', dimensions: ['batch', 'length', 3] },
  });
}

/** `Unsqueeze(mask, 1) · vectors` sums the vectors of the tokens that the mask picks. */
function crossEncoder(): Buffer {
  return onnxModel({
    constants: [
      {
        name: 'table',
        dimensions: [pairTable.length, 3],
        values: Float32Array.from(pairTable.flatMap(([, vector]) => vector)),
      },
      { name: 'one', dimensions: [1], values: BigInt64Array.of(1n) },
      { name: 'two', dimensions: [1], values: BigInt64Array.of(2n) },
    ],
    nodes: [
      { output: 'vectors', operator: 'Gather', inputs: ['table', 'input_ids'] },
      { output: 'second_tokens', operator: 'Mul', inputs: ['attention_mask', 'token_type_ids'] },
      { output: 'first_tokens', operator: 'Sub', inputs: ['attention_mask', 'second_tokens'] },
      ...['first', 'second'].flatMap((which) => [
        {
          output: `${which}_mask`,
          operator: 'Cast',
          inputs: [`${which}_tokens`],
          attributes: { to: elementTypes.float },
        },
        { output: `${which}_row`, operator: 'Unsqueeze', inputs: [`${which}_mask`, 'one'] },
        { output: `${which}_sum`, operator: 'MatMul', inputs: [`${which}_row`, 'vectors'] },
      ]),
      { output: 'products', operator: 'Mul', inputs: ['first_sum', 'second_sum'] },
      { output: 'logits', operator: 'ReduceSum', inputs: ['products', 'two'], attributes: { keepdims: 0 } },
    ],
    inputs,
    output: { name: 'logits', dimensions: ['batch', 1] },
  });
}
