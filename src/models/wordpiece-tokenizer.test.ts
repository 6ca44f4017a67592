import { describe, expect, test } from 'vitest';
import { wordpieceTokenizer } from './wordpiece-tokenizer.ts';

const vocab = {
  '[PAD]': 0,
  '[UNK]': 1,
  play: 2,
  '##ing': 3,
  '##in': 4,
  '##g': 5,
  cafe: 6,
  '!': 7,
  北: 8,
  京: 9,
  $: 10,
  ing: 11,
  Play: 12,
} as const;

describe('a WordPiece tokenizer', () => {
  test.each([
    ['the longest piece first', 'playing', [2, 3]],
    ['several words and marks', ' play\tplaying!!', [2, 2, 3, 7, 7]],
    ['a word it cannot spell to the end left out whole', 'playingx play', [2]],
    ['a word inside another only as a continuation', 'ing', [11]],
    ['case and accents folded', 'PLAY Café', [2, 6]],
    ['Chinese characters one by one', '北京', [8, 9]],
    ['ASCII symbols as marks', 'play$play', [2, 10, 2]],
    ['control characters dropped inside a word', 'pl\u0000a\u200by', [2]],
    ['the name of a special token as words', '[PAD]', []],
    ['nothing', '', []],
  ])('gives %s', (_, text, ids) => {
    expect(wordpieceTokenizer(file({})).ids(text, 100)).toEqual(ids);
  });

  test('stops at the tokens asked for', () => {
    expect(wordpieceTokenizer(file({})).ids('playing playing playing', 3)).toEqual([2, 3, 2]);
  });

  test('leaves out words over the length the file sets', () => {
    const tokenizer = wordpieceTokenizer(file({ model: { max_input_chars_per_word: 4 } }));
    expect(tokenizer.ids('playing play', 100)).toEqual([2]);
  });

  test('keeps case and accents where the file says so', () => {
    const normalizer = { type: 'BertNormalizer', lowercase: false, strip_accents: null };
    expect(wordpieceTokenizer(file({ normalizer })).ids('Play café', 100)).toEqual([12]);
  });

  test('takes a normalizer that is wrapped in a sequence of one', () => {
    const normalizer = { type: 'Sequence', normalizers: [{ type: 'BertNormalizer', lowercase: true }] };
    expect(wordpieceTokenizer(file({ normalizer })).ids('PLAY', 100)).toEqual([2]);
  });

  test('knows its size', () => {
    expect(wordpieceTokenizer(file({})).size).toBe(13);
  });

  test.each([
    ['a Unigram model', { model: { type: 'Unigram' } }, 'a WordPiece model is needed, it has "Unigram"'],
    ['a BPE model', { model: { type: 'BPE' } }, 'a WordPiece model is needed, it has "BPE"'],
    [
      'another normalizer',
      { normalizer: { type: 'Precompiled' } },
      'its normalizer must be BertNormalizer, it has "Precompiled"',
    ],
    ['no normalizer', { normalizer: null }, 'its normalizer must be BertNormalizer, it has none'],
    ['another pre-tokenizer', { pre_tokenizer: { type: 'Metaspace' } }, 'its pre_tokenizer must be BertPreTokenizer'],
    ['a token without an id', { model: { vocab: { a: -1 } } }, 'token "a" has no id'],
  ])('with %s is refused by name', (_, change, what) => {
    expect(() => wordpieceTokenizer(file(change))).toThrow(
      expect.objectContaining({ code: 'invalid', message: expect.stringContaining(what) }),
    );
  });

  test.each([null, [], 'x', {}])('cannot be read from %j', (json) => {
    expect(() => wordpieceTokenizer(json)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});

function file(change: { model?: object; normalizer?: object | null; pre_tokenizer?: object }): unknown {
  return {
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    ...change,
    model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', vocab, ...change.model },
  };
}
