/**
 * Whether a cue asks about what was or what is. `past` only when it says so: "originally", "used to", "before the change";
 * a verb in the past tense alone is how people ask of anything that happened. `present` likewise: "now", "currently",
 * "still". Everything else is `open`, and then what holds now is what is wanted. English only. Pure.
 */
export type Tense = 'past' | 'present' | 'open';

export function tenseOf(cue: string): Tense {
  const sentence = cue.slice(0, charactersMax);
  // "What is my current address, not the old one" asks about the present; so does "is it still ... as originally planned".
  if (present.test(sentence)) return history.test(sentence) ? 'past' : 'present';
  return past.test(sentence) || history.test(sentence) ? 'past' : 'open';
}

/** Further on a cue is a document. */
const charactersMax = 4_096;

const present =
  /\b(?:now(?!\s+that)|nowadays|current(?:ly)?|at (?:the moment|present)|presently|these days|today|still|latest|newest|up[- ]to[- ]date|most recent(?:ly)?|as of (?:now|today)|(?:right|just) now|any ?more|any longer)\b/i;

/** Asks about what was, whatever else it says of now. */
const history =
  /\b(?:(?:has|have|had|did) .{0,60}\bchang(?:ed?|ing)\b|how (?:has|have|did) .{0,80}\b(?:chang|evolv|develop|progress)|history of|over time|before (?:it|that|i|we|he|she|they) (?:was |were )?(?:chang|switch|mov|updat)\w*|used to be|what (?:was|were) .{0,60}\bbefore\b)/i;

const past =
  /\b(?:original(?:ly)?|initial(?:ly)?|at first|in the beginning|to begin with|at the start|former(?:ly)?|previous(?:ly)?|prior to|earlier(?! than)|used to|back (?:then|when)|once (?:was|were|lived|had|owned)|no longer|first (?:set|planned|estimated|set up|chosen|chose|reported|mentioned)|before (?:the (?:change|update|move|switch)|moving|switching|changing)|old(?:er)? (?:value|address|number|job|version|plan|date|deadline)|as of (?!now|today)\S+|at that time|at the time)\b/i;
