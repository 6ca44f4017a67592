import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

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

/**
 * Writes a whole model of the kind that the hub holds: an ONNX graph that looks up one vector per token
 * (`last_hidden_state = Gather(table, input_ids)`), and the tokenizer of a BERT with seven tokens.
 */
export async function writeTinyModel(folder: string): Promise<void> {
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await writeFile(join(folder, 'onnx', 'model.onnx'), onnxModel());
  const vocab = Object.fromEntries(table.map(([token], id) => [token, id]));
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'].map((content, id) => ({ id, content, special: true, ...plain }));
  const files = {
    'config.json': { model_type: 'bert', architectures: ['BertModel'], hidden_size: 3, vocab_size: table.length },
    'tokenizer_config.json': {
      tokenizer_class: 'BertTokenizer',
      model_max_length: 6,
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
        pair: [],
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

function sequence(id: string): object {
  return { SpecialToken: { id, type_id: 0 } };
}

/** Field numbers are those of onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3). */
function onnxModel(): Buffer {
  const float = 1;
  const int64 = 7;
  const weights = Float32Array.from(table.flatMap(([, vector]) => vector));
  const tensor = [
    number(1, table.length),
    number(1, 3),
    number(2, float),
    text(8, 'table'),
    bytes(9, Buffer.from(weights.buffer)),
  ];
  const node = [
    text(1, 'table'),
    text(1, 'input_ids'),
    text(2, 'last_hidden_state'),
    text(3, 'look_up'),
    text(4, 'Gather'),
  ];
  const value = (name: string, type: number, dimensions: readonly Buffer[]) => [
    text(1, name),
    message(2, [
      message(1, [
        number(1, type),
        message(
          2,
          dimensions.map((dimension) => bytes(1, dimension)),
        ),
      ]),
    ]),
  ];
  const [batch, length, width] = [text(2, 'batch'), text(2, 'length'), number(1, 3)];
  const graph = [
    message(1, node),
    text(2, 'tiny'),
    message(5, tensor),
    ...['input_ids', 'attention_mask', 'token_type_ids'].map((name) =>
      message(11, value(name, int64, [batch, length])),
    ),
    message(12, value('last_hidden_state', float, [batch, length, width])),
  ];
  const opset = [text(1, ''), number(2, 13)];
  return Buffer.concat([number(1, 8), text(2, 'ecphory'), message(7, graph), message(8, opset)]);
}

/* Protocol buffers: a field is its number and wire type (0 a varint, 2 bytes with their length), then its value. */

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function bytes(field: number, value: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(value.length), value]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value));
}

function message(field: number, parts: readonly Buffer[]): Buffer {
  return bytes(field, Buffer.concat(parts));
}

function varint(value: number): Buffer {
  const groups: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) groups.push((rest % 128) + 128);
  return Buffer.from([...groups, rest]);
}
