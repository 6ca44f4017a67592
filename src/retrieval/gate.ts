import type { Analyzer } from '../memory/analyzer.ts';
import type { MemoryNeed } from '../memory/recall.ts';
import type { WorkingSet } from './working-set.ts';

/**
 * Whether a message needs memory at all ("When to Retrieve", Labruna et al. 2024, arXiv 2404.19705, without its
 * fine-tuned model): thanks, a text to translate and the boiling point of water do not, and passages recalled for them
 * only mislead. Deterministic, English; whatever is in doubt and mentions neither the person, the past nor anyone known is
 * taken for general. Precision and recall stand in gate.test.ts.
 */
export function memoryNeed({ text, set, analyzer }: MemoryNeedInput): MemoryNeed {
  const asked = withoutGivenText(text.slice(0, messageCharacters).replace(/[\u2018\u2019]/g, "'"));
  const words = analyzer.words(asked);
  if (words.every((word) => smallTalk.has(word) || !/[\p{L}\p{N}]/u.test(word))) return notNeeded('small_talk');
  const plain = asked.toLowerCase();
  if (pastWords.test(plain)) return needed('past');
  if (namesKnown(asked, words, { set, analyzer })) return needed('name');
  if (selfWords.test(plain.replace(requestFrames, ' '))) return needed('self');
  if (sharedWords.test(plain)) return needed('shared');
  return notNeeded(asked.length < text.trim().length ? 'given_text' : 'general');
}

export interface MemoryNeedInput {
  readonly text: string;
  readonly set: WorkingSet;
  readonly analyzer: Pick<Analyzer, 'words' | 'stems'>;
}

function needed(because: 'past' | 'name' | 'self' | 'shared'): MemoryNeed {
  return { isNeeded: true, because };
}

function notNeeded(because: 'small_talk' | 'given_text' | 'general'): MemoryNeed {
  return { isNeeded: false, because };
}

/** What a message is about stands in front; the rest is material. */
const messageCharacters = 2_000;

const smallTalk: ReadonlySet<string> = new Set(
  `hi hello hey there yo good morning afternoon evening night day thanks thank thx you your so much very that was is it
  helpful great nice cool perfect awesome amazing lovely ok okay k sure yes yeah yep no nope please go ahead bye goodbye
  see later soon lol haha hahaha funny how are up what whats sorry welcome sounds right alright well done wow oh hm hmm
  fine got re too same to have a`.split(/\s+/),
);

/** Verbs after which a text is given to work on. */
const onGivenText =
  /^(?:(?:please|can you|could you|would you) )*(?:translate|summari[sz]e|rewrite|rephrase|paraphrase|proofread|correct|fix|edit|shorten|make this|make it|turn this|convert|extract|count|sort|put this|capitali[sz]e|format this|reformat|refactor|is this|classify|explain this|what does this|improve)\b/i;

function withoutGivenText(text: string): string {
  let asked = text
    .replace(/```[\s\S]*?(?:```|$)/g, ' ')
    .replace(/(^|[\s(:])(["'])(?! )[^\n]{1,500}?\2(?=$|[\s.,;:!?)])/g, '$1 ')
    .replace(/\u201c[^\u201d]{1,500}\u201d/g, ' ')
    .trim();
  if (onGivenText.test(asked)) {
    const cut = asked.search(/[:\n]/);
    if (cut >= 0) asked = asked.slice(0, cut);
  }
  return asked;
}

/** "Can you tell me", "how do I boil an egg": a person in the words but not in what is asked. */
const requestFrames =
  /\b(?:(?:can|could|would|will) you (?:please )?(?:tell|show|give|help|explain|teach|write|send|find|make|get)(?: (?:to )?(?:me|us))?|(?:tell|show|give|teach|send|write|find|get|let|make|help) (?:me|us)|(?:i'd|i would) like (?:you )?to|i (?:want|need) (?:you )?to (?:know|learn|understand)|(?:how|why) (?:do|can) (?:i|we|you|one)|my (?:spelling|grammar|punctuation|sentence|paragraph|text|wording|english)|(?:explain|describe|with|to) (?:\w+ )?(?:me|us)\b)/g;

const selfWords = /\b(?:my|mine|our|ours|myself|ourselves|i|i'm|i've|i'd|i'll|we|we're|we've|we'll|us|me)\b/;

const pastWords =
  /\b(?:last (?:time|week|month|year|night|weekend|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|again|earlier|previously|yesterday|remember|recall|remind|forgot|as usual|my usual|as always|left off|the other day|still|yet|so far|you (?:said|told|recommended|suggested|mentioned|gave|wrote|showed|promised)|(?:did|have|had) (?:you|we|i)|(?:i|we) (?:said|told|talked|discussed|mentioned|asked|planned|agreed|decided))\b/;

/** What two people speak of with "the" because both know which: things of a life, not of the world. */
const sharedWords =
  /\b(?:the|that|this) (?:next |last |new |old |whole )?(?:interview|meeting|appointment|deadline|party|wedding|trip|exam|package|parcel|landlord|landlady|visa|flight|restaurant|doctor|dentist|plan|plans|dose|shopping list|list|budget|thesis|launch|release|team|contract|move|kids|baby|dog|cat|house|flat|office|boss|client|invoice|rent|password|garden|holiday|birthday|gift|present|recipe|argument|results?|project)\b|\b(?:tonight|tomorrow|this weekend|on (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday))\b|\b(?:did|does|has|is|was|will) (?:she|he|they)\b|\bany news\b/;

/**
 * A speaker or place of the scope, however it is written; or a word with a capital inside a sentence that a note has,
 * which then is most likely a name.
 */
function namesKnown(
  asked: string,
  words: readonly string[],
  { set, analyzer }: Omit<MemoryNeedInput, 'text'>,
): boolean {
  const said = new Set(words);
  for (const names of [set.speakers, set.places]) {
    for (let index = 0; index < names.size; index += 1) {
      const parts = names.countOf(index) === 0 ? [] : names.wordsOf(index);
      if (parts.length > 0 && parts.every((part) => part.length > 1 && said.has(part)) && !isGeneric(parts))
        return true;
    }
  }
  for (const match of asked.matchAll(/(?<=[\p{L}\p{N},;'] )\p{Lu}[\p{L}'-]+/gu)) {
    const [word] = match;
    if (/^(?:I|I'\w+)$/.test(word)) continue;
    if (analyzer.stems(word).some((stem) => isKnown(set, stem))) return true;
  }
  return false;
}

function isKnown(set: WorkingSet, stem: string): boolean {
  const term = set.termId(stem);
  return term >= 0 && set.text.noteFrequency(term) > 0;
}

/** Speakers that are roles and not people. */
function isGeneric(parts: readonly string[]): boolean {
  return parts.every((part) =>
    /^(?:user|assistant|system|tool|human|ai|bot|agent|me|you|the|home|work|office)$/.test(part),
  );
}
