/** A clause with whom it speaks of and what it says of them. */
export interface Clause {
  /** As the text has it: "I", "my sister Ann", "Bob". */
  readonly subject: string;
  /** Contractions written out, adverbs of time and emphasis left out. */
  readonly predicate: string;
  readonly isNegative: boolean;
  /** Whether it says that something is no longer as it was. */
  readonly isCorrection: boolean;
}

/**
 * The plain statements of a sentence: what is only wished, supposed, hedged or quoted is left out. English; contractions
 * are written out, and "no longer", "not ... any more" and "used to" become negation.
 */
export function clausesOf(sentence: string): readonly Clause[] {
  if (quoted.test(sentence)) return [];
  const isCorrecting = correcting.test(sentence);
  const clauses: Clause[] = [];
  let subjectBefore: string | null = null;
  for (const part of writtenOut(sentence).split(borders)) {
    const clause = clauseIn(withoutOpening(part), subjectBefore, isCorrecting);
    if (clause === null) continue;
    subjectBefore = clause.subject;
    if (!isUnreal(clause, part)) clauses.push(clause);
  }
  return clauses;
}

const quoted = /["\u201c][^"\u201d]*\s[^"\u201d]*\s[^"\u201d]*["\u201d]/u;
const correcting =
  /\b(?:actually|correction|no longer|any ?more|any longer|instead(?: of)?|scratch that|i misspoke|update|turns out|mistaken|not .{1,40} but|switched|changed|used to|now|as of|new)\b/iu;

const borders =
  /\s*(?:[;\u2014\u2013]|\s-{1,2}\s|\.{3}|:(?=\s)|[,.]? (?:but|though|although|whereas|while) (?=(?:I|we|he|she|they|my|our|the|now|it|that)\b)|, (?:and|so|then) (?=[\p{L}'\u2019]+ )|(?<!\bboth .{1,30}),? and (?=(?:I|we|he|she|they|my|our|now|am|is|just|recently|joined|moved|started|took|became|began)\b)|,? (?:because|since|which|who) |, (?=(?:I|we|he|she|they|my|our)\b)|, (?=\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)? (?:is|was|has|lives|works) ))\s*/u;

/** Contractions, curly apostrophes. */
export function writtenOut(text: string): string {
  return text
    .replaceAll('\u2019', "'")
    .replace(/\b(can)'t\b/giu, '$1not')
    .replace(/\bwon't\b/giu, 'will not')
    .replace(/\b(do|does|did|is|are|was|were|have|has|had|would|could|should)n't\b/giu, '$1 not')
    .replace(/\bI'm\b/gu, 'I am')
    .replace(/\b(we|they|you)'re\b/giu, '$1 are')
    .replace(
      /\b(he|she|it|that|there|here)'s (?=(?:been|got|moved|taken|just|started|switched|joined|become)\b)/giu,
      '$1 has ',
    )
    .replace(/\b(he|she|it|that|there|here)'s\b/giu, '$1 is')
    .replace(/\b(I|we|they|you)'ve\b/giu, '$1 have')
    .replace(/\b(I|we|he|she|they|you|it)'ll\b/giu, '$1 will')
    .replace(/\b(I|we|he|she|they|you|it)'d\b/giu, '$1 would');
}

const opening =
  /^(?:(?:well|oh|hey|hi|hello|so|yeah|yes|yep|no|nope|wow|haha|lol|anyway|anyways|also|and|but|then|actually|btw|by the way|fyi|ok|okay|right|sure|thanks|honestly|in fact|speaking of which|for what it is worth|truth be told|to be honest|just so you know|for the record|for reference|correction|(?:small |quick |little |big )?(?:update|news|reminder|note|heads[- ]up|correction)|good news|guess what|you know(?: what)?|(?:it )?turns out(?: that)?|scratch that|sorry|wait|oops|my mistake|my bad|forget (?:what|that)[^,.]{0,40}|recently|lately|finally|currently|these days|nowadays|at the moment|right now|as of (?:now|today|this \w+|last \w+|[^,]{2,25}(?=,))|now|yesterday|today|(?:last|this) (?:\w+)|since (?:then|last \w+)|(?:a|two|three|few|a few|some) \w+ ago|(?:in|on|after|since|back in) [^,]{2,40}(?=,)|please (?:note|remember|know)(?: that)?|note that|remember(?: that)?|i (?:just )?(?:wanted|want|have|need|forgot|meant) to (?:tell you|let you know|mention|say|share|add)(?: that)?|i (?:should|must|might) (?:mention|add|say|tell you)(?: that)?|did i (?:mention|tell you)(?: that)?|let me (?:tell you|mention)(?: that)?|happy to (?:say|report)(?: that)?|(?:i am )?(?:glad|happy|proud|excited|pleased) to (?:say|report|announce|share)(?: that)?)(?:[,:!.]+\s*|\s+))+/iu;

function withoutOpening(part: string): string {
  const bare = part.trim().replace(opening, '');
  return bare.replace(/^\p{Lu}[\p{L}'-]+, (?=(?:I|my|we|our)\b)/u, '');
}

const subjectPattern =
  /^(I|[Ww]e|[Hh]e|[Ss]he|[Tt]hey|(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Tt]heir) (?:(?:older|younger|little|big|elder|twin|late|best|good|new|close|oldest|youngest|eldest|own|ex|dear) )?[\p{Ll}][\p{L}-]+(?:'s)?(?:,? \p{Lu}[\p{L}'-]+,?)?|\p{Lu}[\p{L}'-]+(?: (?:(?:de|van|von|der|bin|al|of) )?\p{Lu}[\p{L}'-]+){0,4}) (?=[\p{Ll}])(.+)$/u;

const auxiliary =
  /^(?:am|is|are|was|were|have|has|had|do|does|did|will|would|could|should|can|cannot|may|might|must|not)\b/u;

function clauseIn(part: string, subjectBefore: string | null, isCorrecting: boolean): Clause | null {
  const text = part.replace(/[.!\s]+$/u, '');
  const match = subjectPattern.exec(text);
  let subject = match?.[1] ?? null;
  let rest = match?.[2] ?? null;
  if (subject === null || rest === null) {
    // "..., and now live in Rome": whoever the clause before was of.
    const goesOn =
      /^(?:now |just |recently |finally )*((?:live|lives|work|works|moved|relocated|joined|started|began|took|became|switched|am|is|married|study|studies|bought|got|adopted) .+)$/u.exec(
        text,
      );
    if (goesOn === null || subjectBefore === null) return null;
    subject = subjectBefore;
    rest = goesOn[1] ?? '';
  }
  if (/^(?:I|We|He|She|They)$/iu.test(subject) && notNames.test(rest) && !auxiliary.test(rest)) return null;
  let isNegative = false;
  let isCorrection = isCorrecting;
  let predicate = rest.replace(adverbs, '').replace(/\s+/gu, ' ').trim();
  const deny = (pattern: RegExp, by: string): void => {
    if (!pattern.test(predicate)) return;
    predicate = predicate.replace(pattern, by);
    isNegative = true;
  };
  if (/\bno longer\b|\bany(?: ?more| longer)\b/iu.test(rest)) isCorrection = true;
  deny(/\bno longer /iu, '');
  deny(/^used to (?=(?:live|work|reside|play|attend|drive|own|use|have|study|be)\b)/iu, '');
  deny(/^(?:have|has) (?:stopped|quit|given up) (?=\w+ing\b)|^(?:stopped|quit|gave up) (?=\w+ing\b)/iu, 'am ');
  deny(/^(?:do|does) not (?:really |particularly |even )?(?=[a-z])/iu, '');
  deny(/^(am|is|are) not (?=\S)/iu, '$1 ');
  deny(/^have not got /iu, 'have ');
  predicate = predicate
    .replace(/,? any(?: ?more| longer)\b.*$/iu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return predicate === '' ? null : { subject: subject.replace(/,+$/u, ''), predicate, isNegative, isCorrection };
}

const adverbs =
  /\b(?:actually|really|just|finally|recently|now|still|also|currently|officially|already|definitely|absolutely|totally|truly|basically|literally|honestly|always|usually|mostly|mainly|presently|happily|proudly|since|in fact|as it happens|at last|permanently|temporarily|legally|eventually|apparently|these days) (?=\S)/giu;
const notNames = /^(?:and|or|with|of)\b/u;

/** Wished, supposed, hedged, asked for, or of a future that may not come. */
function isUnreal({ predicate }: Clause, part: string): boolean {
  return (
    /\b(?:if|unless|would|could|might|should|maybe|perhaps|probably|possibly|wish(?:es|ed)?|hop(?:e|es|ed|ing)|want(?:s|ed)?|wonder(?:ing|s)?|imagin\w*|suppos\w*|pretend\w*|dream\w*|guess|think|thought|thinking|believe|heard|seems?|seemed|almost|nearly|had|as if|as though|until|whether|when|whenever|once i|before i|after i|let us|kind of|sort of|feel(?:s|ing)? like|jok(?:e|ing)|what if|not sure|unsure|considering|tempted|trying|try)\b/iu.test(
      part,
    ) ||
    /\bmay\b/u.test(part) ||
    /^(?:will|did not|has not|have not|was not|were not|cannot)\b/iu.test(predicate)
  );
}
