/**
 * A memory's text made safe to stand in a prompt: it can neither hide anything from a person who reads along, nor
 * end the part of the prompt it stands in, nor pass for a turn of the conversation. Words stay as they are; what is
 * broken up gets a space or a quotation mark put in.
 *
 * Idempotent. Lines end in `\n` and no other sign breaks a line.
 */
export function neutral(text: string): string {
  if (harmless.test(text)) return text;
  const visible = text.replace(lineBreaks, '\n').replace(invisible, '');
  return visible.replace(templateTokens, '$& ').replace(roleLines, '$1> $2');
}

/** For names: one line, without the signs that the layout of a prompt is made of, never a role's own name. */
export function neutralName(name: string): string {
  const line = neutral(name)
    .replace(/[[\]<>:：#"\n\t]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
  const bounded = line.length > nameCharacters ? `${line.slice(0, nameCharacters).toWellFormed().trim()}…` : line;
  return roleName.test(bounded) ? `"${bounded}"` : bounded;
}

/** Longer names are cut: a name is repeated with every memory. */
const nameCharacters = 64;

/** Most texts are a line of letters, digits and plain punctuation. */
const harmless = /^[ a-zA-Z0-9.,;!?'"()/&%$+=*-]*$/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: vertical tab, form feed and next line break lines, too.
const lineBreaks = /\r\n?|[\u000b\u000c\u0085\u2028\u2029]/g;
/**
 * Controls but tab and line feed; everything that Unicode says to show nothing for (zero-width characters,
 * directions, tags, variation selectors, fillers); the anchors of interlinear annotation.
 */
const invisible = /(?![\t\n])\p{Cc}|\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu;

/** Words that name who speaks in the templates of chat models. */
const roles = 'system|developer|user|human|assistant|ai|model|tool|function|instructions?|response|input';
const roleName = new RegExp(`^(?:${roles})$`, 'i');

/**
 * The opening sign of what chat templates and special tokens look like: `<|im_start|>` and its full-width form, `</s>`,
 * `<start_of_turn>`, `<<SYS>>`, `[INST]`. A space after it makes it ordinary text for every tokenizer.
 */
const templateTokens = new RegExp(
  [
    '<(?=[|｜][^<>\\s]{1,80}[|｜]>)',
    `<(?=/?(?:${roles}|s|bos|eos|pad|unk|mask|cls|sep|sop|eop|eod|think|thinking|tools?_(?:calls?|responses?|results?)|` +
      'function_(?:calls?|results?)|invoke|(?:start|end)_of_\\w{1,32}|im_(?:start|end|sep)|endoftext|' +
      '(?:unused|extra_id_|reserved_)\\w{0,32})\\b[^<>\\n]{0,80}>)',
    '<(?=/?(?:memories|profile)\\b)',
    '<(?=</?SYS>>)',
    '\\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|g?MASK|CLS|SEP|PAD|UNK|BOS|EOS|IMG|THINK)\\])',
  ].join('|'),
  'giu',
);

/** A line that begins as a turn does: `Human:`, `### Response`, `**Assistant**:`. It becomes a quotation. */
const roleLines = new RegExp(
  `^([^\\S\\n]*)((?:[*_]{0,3}(?:${roles})[*_]{0,3}[^\\S\\n]*[:：]|#{1,6}[^\\S\\n]*(?:${roles})\\b))`,
  'gimu',
);
