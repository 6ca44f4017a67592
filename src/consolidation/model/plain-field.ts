/**
 * Why a text that a model wrote cannot stand in a memory whatever it is about, or null: empty, too long, signs that do not
 * print or flow backwards, markup, or words that address a reader or a model instead of describing. Patterns of this kind are
 * no wall (adaptive attacks pass them all); they keep the plain cases out, and the closed list of operations bounds the rest.
 */
export function fieldProblem(
  text: string,
  charactersMax: number,
): 'empty' | 'too long' | 'signs' | 'instruction' | null {
  if (text.trim() === '') return 'empty';
  if (text.length > charactersMax) return 'too long';
  if (!text.isWellFormed() || unprintable.test(text)) return 'signs';
  return instruction.test(text.normalize('NFKC')) ? 'instruction' : null;
}

/** Control, format, private and unassigned characters, line and paragraph separators, odd spaces, heaps of marks. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}|\p{M}{3}/u;

const instruction = new RegExp(
  [
    String.raw`\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|preceding|all|any|instructions?|rules?|prompts?)\b`,
    String.raw`\b(?:system|developer|hidden|new|following)\s+(?:prompt|instructions?|message|rules?)\b`,
    String.raw`\byou\s+(?:are\s+now|must|should|shall|will|have\s+to|need\s+to)\b`,
    String.raw`\b(?:act\s+as|pretend\s+to|role-?play\s+as|jailbreak|do\s+not\s+(?:tell|reveal|mention)|reveal\s+(?:the|your))\b`,
    String.raw`(?:^|[\s>\]])(?:system|user|assistant|human|developer|tool)\s*:`,
    String.raw`<[/|!]?\s*[a-z]|[|/]>|\[/?(?:inst|sys)\]|<<|>>|\x60\x60|#{2,}|-{4,}|={4,}|\]\(|\{\{|\$\{`,
  ].join('|'),
  'iu',
);
