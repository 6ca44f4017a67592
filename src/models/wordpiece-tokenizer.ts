import { EcphoryError } from '../memory/errors.ts';

/** Text to the ids of known tokens. */
export interface Tokenizer {
  /** One more than the largest id. */
  readonly size: number;
  /** At most `tokensMax` ids, in reading order; words the vocabulary cannot spell are left out. */
  ids(text: string, tokensMax: number): readonly number[];
}

/**
 * Reads a Hugging Face `tokenizer.json` of the BERT family: BertNormalizer, BertPreTokenizer, WordPiece
 * (Wu et al. 2016, https://arxiv.org/abs/1609.08144; behaviour of the `tokenizers` library). No special tokens
 * are added, and a text that spells one, such as `[PAD]`, is read as ordinary words.
 *
 * @param json the parsed file.
 * @throws EcphoryError `invalid` naming the part that is missing or of another family (Unigram, BPE).
 */
export function wordpieceTokenizer(json: unknown): Tokenizer {
  const { model, normalizer, pre_tokenizer: preTokenizer } = record(json, 'tokenizer.json');
  const { type, vocab, ...settings } = record(model, 'its "model"');
  // Files from before the type was written have the piece prefix instead.
  if (type !== 'WordPiece' && !(type === undefined && 'continuing_subword_prefix' in settings)) {
    throw unreadable(`a WordPiece model is needed, it has ${shown(type)}`);
  }
  requireType(preTokenizer, 'BertPreTokenizer', 'pre_tokenizer');
  const pieces = new Map<string, number>();
  let size = 0;
  for (const [token, id] of Object.entries(record(vocab, 'its "vocab"'))) {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0)
      throw unreadable(`token ${shown(token)} has no id`);
    pieces.set(token, id);
    size = Math.max(size, id + 1);
  }
  const unknown = pieces.get(string(settings.unk_token, '[UNK]'));
  const prefix = string(settings.continuing_subword_prefix, '##');
  const wordCharactersMax = number(settings.max_input_chars_per_word, 100);
  const normalize = bertNormalizer(normalizer);

  return {
    size,
    ids(text, tokensMax) {
      const ids: number[] = [];
      for (const [word] of normalize(text).matchAll(wordOrMark)) {
        if (ids.length >= tokensMax) break;
        for (const id of spell(word)) if (id !== unknown && ids.length < tokensMax) ids.push(id);
      }
      return ids;
    },
  };

  /** Greedily the longest piece first; nothing when some part of the word has no piece. */
  function spell(word: string): readonly number[] {
    const characters = Array.from(word);
    if (characters.length > wordCharactersMax) return [];
    const ids: number[] = [];
    let start = 0;
    while (start < characters.length) {
      let end = characters.length;
      let id: number | undefined;
      for (; end > start && id === undefined; end -= 1) {
        id = pieces.get((start > 0 ? prefix : '') + characters.slice(start, end).join(''));
      }
      if (id === undefined) return [];
      ids.push(id);
      start = end + 1;
    }
    return ids;
  }
}

/** BertPreTokenizer: words between white space, every punctuation mark by itself. ASCII symbols count as marks. */
const wordOrMark = /[\p{P}$+<=>^`|~]|[^\s\p{P}$+<=>^`|~]+/gu;

function bertNormalizer(normalizer: unknown): (text: string) => string {
  const settings = requireType(normalizer, 'BertNormalizer', 'normalizer');
  const lowercase = settings.lowercase !== false;
  const cleanText = settings.clean_text !== false;
  const spacedHan = settings.handle_chinese_chars !== false;
  // As in BERT: accents go with the case unless the file says otherwise.
  const stripAccents = typeof settings.strip_accents === 'boolean' ? settings.strip_accents : lowercase;
  return (text) => {
    let normal = text;
    if (cleanText) normal = normal.replace(/[\t\n\r]/g, ' ').replace(/[\p{C}\uFFFD]/gu, '');
    if (spacedHan) normal = normal.replace(han, ' $& ');
    if (stripAccents) normal = normal.normalize('NFD').replace(/\p{Mn}/gu, '');
    return lowercase ? normal.toLowerCase() : normal;
  };
}

/** The blocks that BERT calls Chinese characters. */
const han =
  /[\u4E00-\u9FFF\u3400-\u4DBF\uF900-\uFAFF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;

/** The part of this type, alone or as the only member of a Sequence. */
function requireType(part: unknown, type: string, name: string): Record<string, unknown> {
  if (typeof part !== 'object' || part === null) throw unreadable(`its ${name} must be ${type}, it has none`);
  const settings = record(part, `its ${name}`);
  if (settings.type === type) return settings;
  const members = settings.type === 'Sequence' ? (settings.normalizers ?? settings.pretokenizers) : undefined;
  if (Array.isArray(members) && members.length === 1) return requireType(members[0], type, name);
  throw unreadable(`its ${name} must be ${type}, it has ${shown(settings.type)}`);
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable(`${name} is not an object`);
  return Object.fromEntries(Object.entries(value));
}

function string(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'none').slice(0, 64);
}

function unreadable(what: string): EcphoryError {
  return new EcphoryError('invalid', `This tokenizer.json cannot be read: ${what}.`);
}
