import type { SequenceKind } from '../memory/sequence.ts';

/**
 * Questions about order, taken apart by patterns (English). `null` for every other cue. Pure; looks at the
 * beginning of a long cue not at all, because an order question is one sentence.
 */
export function sequenceQuestion(cue: string): SequenceQuestion | null {
  if (cue.length > cueCharacters) return null;
  const sentence = plainSentence(cue);
  for (const read of [whichOf, yesOrNo, neighbour, elapsed, occurrence]) {
    const question = read(sentence);
    if (question !== null && question.readings.length > 0) return question;
  }
  return null;
}

export interface SequenceQuestion {
  readonly kind: SequenceKind;
  /**
   * The parts it may be about, one or two in the order of the question. More than one reading where `and`, `or`,
   * `before` can be cut at several places: the one whose parts are all recognised is meant.
   */
  readonly readings: readonly (readonly string[])[];
  /** For `elapsed`: which part the question takes to be the earlier one; null when it takes neither. */
  readonly presumes: 'first' | 'second' | null;
}

/** Two long clauses fit; more is a document. */
const cueCharacters = 1_000;
/** Places at which one question may be cut. */
const readingsMax = 12;

const rankWords = 'first|earlier|earliest|sooner|last|later|latest|more recently|most recently|more recent|most recent';
const happening =
  '(?:come|came|happen(?:ed)?|occur(?:red)?|take place|took place|start(?:ed)?|beg[ai]n|be|been|was|is)';
const unit = '(?:seconds|minutes|hours|days|nights|weeks|months|years)';
const span = `how (?:long|much time|many ${unit})`;
const filler =
  '(?: (?:time|pass|passed|elapsed?|went|go|gone|by|were|are|was|is|there|it|do|does|did|have|has|had|i|we|me|us|take|took|lay|lie|lies|in|total|exactly|about))*';

function plainSentence(cue: string): string {
  const flat = cue
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\s+/g, ' ')
    .replace(/[\s?.!]+$/, '')
    .trim();
  return flat.replace(leadIn, '');
}

const leadIn =
  /^(?:(?:hey|hi|hello|ok|okay|so|and|but|well|now|also|please|remind me|tell me|(?:do|can|could|would) you (?:please )?(?:know|remember|recall|say|tell me|remind me)|i (?:wonder|forgot|forget|can't remember|don't remember))\b[,:]? ?)+/i;

function whichOf(sentence: string): SequenceQuestion | null {
  const forms: readonly [RegExp, readonly string[]][] = [
    // "Which came first, X or Y?"; without a sign in between a verb must stand before the rank.
    [
      new RegExp(`^(?:which|what|who)\\b[^,:;]{0,80}?\\b(${rankWords})(?: ?[,:;]| -| \u2013| \u2014) ?(.+)$`, 'i'),
      [' or '],
    ],
    [
      new RegExp(
        `^(?:which|what|who)\\b[^,:;]{0,60}? (?:${happening}|do|did|do it|mentioned|mention) (${rankWords}) ?,? (?:(?:between|out of|of) )?(.+)$`,
        'i',
      ),
      [' or ', ' and '],
    ],
    [new RegExp(`^in (?:which|what) (order) did (.+?) (?:${happening})$`, 'i'), [' and ', ' or ']],
    [new RegExp(`^(?:which|what) (order) did (.+?) (?:${happening})(?: in)?$`, 'i'), [' and ', ' or ']],
  ];
  for (const [pattern, separators] of forms) {
    const [, rank, rest] = pattern.exec(sentence) ?? [];
    if (rank !== undefined && rest !== undefined) return asWhich(rank, withoutBetween(rest), separators);
  }
  const after = new RegExp(
    `^(?:(?:between|out of|of) )?(.+?)(?: ?[,:;]| -| \u2013| \u2014)? (?:which|what)\\b[^,:;]{0,60}?\\b(${rankWords})$`,
    'i',
  ).exec(sentence);
  if (after?.[1] !== undefined && after[2] !== undefined) return asWhich(after[2], after[1], [' or ', ' and ']);
  const did = new RegExp(
    `^(?:did|was it|is it|was|were|had|has) (.+?)(?: that| which)?(?: ${happening})? (${rankWords})$`,
    'i',
  ).exec(sentence);
  if (did?.[1] !== undefined && did[2] !== undefined) return asWhich(did[2], did[1], [' or ']);
  return null;
}

function withoutBetween(rest: string): string {
  return rest.replace(/^(?:between|out of|of|was it|is it|did)\b ?/i, '');
}

function asWhich(rank: string, rest: string, separators: readonly string[]): SequenceQuestion {
  const isLast = /last|later|latest|recent/i.test(rank);
  for (const separator of separators) {
    const readings = cutAt(rest, separator);
    if (readings.length > 0) return { kind: isLast ? 'which_last' : 'which_first', readings, presumes: null };
  }
  return { kind: 'which_first', readings: [], presumes: null };
}

function yesOrNo(sentence: string): SequenceQuestion | null {
  const asked =
    /^(?:(?:is it|am i) (?:true|right|correct|the case)(?: that| in thinking(?: that)?)?|(?:did|was|were|had|has|have|is|are|do|does)(?:n't)?) (.+)$/i.exec(
      sentence,
    )?.[1];
  if (asked === undefined) return null;
  const word = new RegExp(` (${beforeWords}|${afterWords}) `, 'i').exec(asked)?.[1];
  if (word === undefined) return null;
  const isBefore = new RegExp(`^(?:${beforeWords})$`, 'i').test(word);
  const adverb = '(?: (?:right|just|shortly|soon|long|already|some time|sometime|any time))?';
  const parts = asked.split(new RegExp(`${adverb} (?:${isBefore ? beforeWords : afterWords}) `, 'i'));
  const readings = rejoined(parts, isBefore ? ' before ' : ' after ');
  return { kind: isBefore ? 'is_before' : 'is_after', readings, presumes: null };
}

const beforeWords = 'before|earlier than|prior to|sooner than';
const afterWords = 'after|later than';

function neighbour(sentence: string): SequenceQuestion | null {
  const just = '(?:right|just|immediately|directly|straight|next|shortly|soon)';
  const forms: readonly RegExp[] = [
    new RegExp(
      `^what (?:happened|happens|came|comes|took place|occurred|was (?:next|there)|went on|was said)(?: to (?:me|us|\\w+))?(?: ${just})* (before|after) (.+)$`,
      'i',
    ),
    new RegExp(`^what (?:did|was|were|had|have|do) .{1,60}? ${just} (before|after) (.+)$`, 'i'),
    /^what (?:was|is) the (?:very )?(?:next|previous|last|first) (?:thing|event|message|episode|step)\b.{0,40}? (before|after) (.+)$/i,
    new RegExp(
      `^(?:${just} )?(before|after) (.+?),? what (?:happened|came|took place|occurred|was (?:next|said)|did (?:i|we|you|they|he|she|\\w+) do)(?: next)?$`,
      'i',
    ),
  ];
  for (const form of forms) {
    const [, side, part] = form.exec(sentence) ?? [];
    if (side !== undefined && part !== undefined)
      return ofOne(/before/i.test(side) ? 'just_before' : 'just_after', part);
  }
  const [, verb, part] =
    /^what (?:event |episode |message )?((?:immediately |directly )?(?:followed|preceded)) (.+)$/i.exec(sentence) ?? [];
  if (verb === undefined || part === undefined) return null;
  return ofOne(/preceded/i.test(verb) ? 'just_before' : 'just_after', part);
}

function elapsed(sentence: string): SequenceQuestion | null {
  const between = new RegExp(`^${span}${filler} between (.+)$`, 'i').exec(sentence)?.[1];
  if (between !== undefined) return { kind: 'elapsed', readings: cutAt(between, ' and '), presumes: null };
  const fromTo = new RegExp(`^${span}${filler} from (.+)$`, 'i').exec(sentence)?.[1];
  if (fromTo !== undefined) {
    const separator = [' until ', ' till ', ' to '].find((word) => fromTo.toLowerCase().includes(word)) ?? ' to ';
    return { kind: 'elapsed', readings: cutAt(fromTo, separator), presumes: 'first' };
  }
  const [, side, rest] = new RegExp(`^${span}${filler} (before|after) (.+)$`, 'i').exec(sentence) ?? [];
  if (side === undefined || rest === undefined) return null;
  for (const separator of [' did ', ' was it that ', ' that ', ' was ', ' were ', ' had ', ' until ']) {
    const readings = cutAt(rest, separator);
    if (readings.length > 0) return { kind: 'elapsed', readings, presumes: /before/i.test(side) ? 'second' : 'first' };
  }
  return null;
}

function occurrence(sentence: string): SequenceQuestion | null {
  const rank = '(very first|first|earliest|last|latest|most recent)';
  const forms: readonly RegExp[] = [
    new RegExp(
      `^(?:when|what) (?:was|is|happened|did .{1,30}?|has .{1,30}?) (?:the|my|our|his|her|their) ${rank} time(?: that| when)? (.+)$`,
      'i',
    ),
    new RegExp(`^the ${rank} time(?: that| when)? (.+)$`, 'i'),
    new RegExp(
      `^when (?:did|have|has) (?!.*\\b(?:the|a|my|your|our|his|her|its|their|\\w+'s) ${rank})(.+?) (first|last) (.+)$`,
      'i',
    ),
  ];
  for (const form of forms) {
    const groups = (form.exec(sentence) ?? []).slice(1).filter((group) => group !== undefined);
    const word = groups.find((group) => new RegExp(`^${rank}$`, 'i').test(group));
    if (word === undefined) continue;
    const part = groups.filter((group) => group !== word).join(' ');
    return ofOne(/last|latest|recent/i.test(word) ? 'last_time' : 'first_time', part);
  }
  return null;
}

function ofOne(kind: SequenceKind, part: string): SequenceQuestion | null {
  const bare = barePart(part);
  return bare === '' ? null : { kind, readings: [[bare]], presumes: null };
}

/** Every way of cutting a text in two at one of the separators. */
function cutAt(text: string, separator: string): readonly (readonly string[])[] {
  return rejoined(text.split(new RegExp(separator, 'i')), separator);
}

function rejoined(pieces: readonly string[], separator: string): readonly (readonly string[])[] {
  const readings: string[][] = [];
  for (let cut = 1; cut < pieces.length && readings.length < readingsMax; cut += 1) {
    const parts = [pieces.slice(0, cut), pieces.slice(cut)].map((some) => barePart(some.join(separator)));
    if (parts.every((part) => part !== '')) readings.push(parts);
  }
  return readings;
}

/** A part without the words that only say that it is one: "when I told you about", "the day that", "happened". */
function barePart(part: string): string {
  let bare = part.replace(/^[\s"'(,:;]+|[\s"'),:;?.!]+$/g, '');
  for (let before = ''; before !== bare; ) {
    before = bare;
    bare = bare
      .replace(partHead, '')
      .replace(partTail, '')
      .replace(/^[\s"'(,:;]+|[\s"'),:;]+$/g, '');
  }
  return bare;
}

const partHead =
  /^(?:(?:when|that|either|the (?:time|day|moment|date|point|part|episode|event|conversation|discussion|talk|chat|message)(?: (?:about|on|when|where|that|of|in which))?|(?:i|we|you|they|he|she|it|already|ever|also|actually|really)|(?:said|mention(?:ed)?|talk(?:ed)? about|spoke about|discuss(?:ed)?|told you|tell you|bring up|brought up)(?: (?:that|about))?|about)(?= |$) ?)/i;
const partTail =
  / ?(?:,|\b(?:happen(?:ed)?|occur(?:red)?|take place|took place|come|came|did|or not|first|at all|again|both))$/i;
