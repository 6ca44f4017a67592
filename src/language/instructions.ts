import { sentencesOf } from './sentences.ts';

/**
 * What someone told an assistant to do from then on ("Always answer in metric"), or how they like things done ("I prefer
 * tea to coffee"). English. Rather one missed than a habit taken for an order: "Always here to help" tells nobody anything.
 */
export interface StandingSentence {
  readonly kind: 'instruction' | 'preference';
  /** Word for word from the text: of a long sentence the clause that says it. */
  readonly text: string;
  /** When it applies: "when I ask about X" says "X"; null for always, and for preferences. */
  readonly about: string | null;
}

/** In reading order. Cost: linear in the text; next to nothing for one that has none of the words. */
export function standingSentences(text: string): readonly StandingSentence[] {
  if (!mayHave.test(text)) return [];
  return sentencesOf(text.slice(0, textCharacters)).flatMap((sentence): readonly StandingSentence[] => {
    const instruction = instructionIn(sentence.text, sentence.isQuestion);
    if (instruction !== null) return [instruction];
    const preference = preferenceIn(sentence.text);
    return preference === null ? [] : [preference];
  });
}

/** Words of which one is in every standing sentence: a word index narrows down with them where to look. */
export const standingWords =
  'always never ever whenever ask prefer preference rather future onward forward remember call please stop avoid every';

/** Whether it tells an assistant what to do from then on. */
export function isInstruction(text: string): boolean {
  return standingSentences(text).some(({ kind }) => kind === 'instruction');
}

/** People say such things at the beginning; further down are logs and code. */
const textCharacters = 8_000;
/** An order is short; a longer sentence with such words tells something else. */
const instructionWords = 45;

const mayHave =
  /\b(?:always|never|ever|whenever|every time|any ?time|each time|when i ask|if i ask|from now on|going forward|from here on|in (?:the )?future|call me|refer to me|address me|please|prefer|preferred|preference|rather|stop|don['\u2019]?t|do not|avoid|use|answer|reply|respond|speak|write)\b/i;

/** What an assistant can do for someone. "Give up" and "say never" are for people. */
const doing =
  '(?:include|provide|use|format|show|give(?! up)|explain|add|answer|reply|respond|write|mention|cite|list|confirm|highlight|combine|maintain|report|present|suggest|recommend|propose|offer|keep|start|begin|end|close|state|specify|describe|summari[sz]e|quote|label|translate|convert|check|double-check|verify|ask(?! for trouble)|tell|remind|warn|avoid|refer|address|call|speak|talk|say(?! never)|put|make sure|ensure|assume|consider|convey|display|illustrate|compare|link|point|spell|round|sign|stick to|follow|prioriti[sz]e|emphasi[sz]e|focus|draw|document|attach|break|walk|wrap|enable|disable|express|output|return|indicate|note|clarify|justify|structure|organi[sz]e|order|sort|limit|omit|skip|leave out|send|schedule|book|treat|be (?:concise|brief|polite|formal|honest|direct|precise|specific|short|friendly|critical|clear))';
const opening =
  '(?:(?:ok(?:ay)?|hey|hi|so|and|also|oh|well|but|thanks|great|one more thing|remember|please|just|note)[,:!.]? +){0,3}';
const told =
  "(?:(?:can|could|would|will) you (?:please )?|i(?: would|['\u2019]d)? (?:want|like|need) you to |you (?:should|must|need to|can) |make sure (?:to |that you |you )?|be sure to |remember to |try to |let['\u2019]s )?";
const trigger =
  '(?:(?:when(?:ever)?|if|any ?time|every time|each time|as soon as) (?:i|we) (?:ask|request|talk|mention|say|want|need|send|share|write|bring up|inquire|am asking|discuss|upload|paste|give)|when (?:answering|replying|responding|writing|discussing|talking|explaining|giving|you (?:answer|reply|respond|write|explain|give|suggest|recommend)))';
const future =
  '(?:from now on(?:wards?)?|from here on(?: out)?|going forward|moving forward|in (?:the )?future|henceforth|for all future \\w+|in all (?:your|future) \\w+)';
/** How an answer looks or sounds: what is asked of one answer is wanted of the next, too. */
const form =
  '(?:metric|imperial|celsius|fahrenheit|kilomet(?:er|re)s|units?|british|american|english|spanish|german|french|italian|portuguese|chinese|japanese|korean|dutch|emojis?|bullet|markdown|headings?|jargon|formal|informal|tone|24-hour|12-hour|iso|date format|dark mode|plain (?:language|english|text)|short (?:answers|sentences|replies)|long (?:answers|replies)|citation|pronouns)';

const patterns: readonly RegExp[] = [
  // "Always include version numbers ...", "please never use emojis", "I want you to always ...".
  new RegExp(`^${opening}${told}(?:please )?(?:always|never|do(?:n['\u2019]?t| not) ever) ${doing}\\b`, 'iu'),
  // With "when I ask about X" behind it any verb is an order.
  new RegExp(`^${opening}${told}(?:please )?(?:always|never) \\p{L}+ .{2,200}? ${trigger}\\b`, 'iu'),
  // "From now on, ...", "..., from now on."
  new RegExp(
    `^${opening}${future},? (?:please |i(?: would|['\u2019]d)? (?:want|like|need) you to |you (?:should|must) )?(?:always |never |only |do(?:n['\u2019]?t| not) )?${doing}\\b`,
    'iu',
  ),
  new RegExp(
    `^${opening}${told}(?:please )?(?:only |do(?:n['\u2019]?t| not) |stop )?${doing}\\b.*\\b${future}[.!]?$`,
    'iu',
  ),
  // "When I ask about X, answer ...".
  new RegExp(
    `^${opening}${trigger}\\b[^?]{2,160}?,? (?:then )?(?:please |you (?:should|must) |i(?: would|['\u2019]d)? (?:want|like|need) you to )?(?:always |never |only |do(?:n['\u2019]?t| not) )?${doing}\\b`,
    'iu',
  ),
  // "Use bullet points when I ask about X".
  new RegExp(
    `^${opening}${told}(?:please )?(?:only |do(?:n['\u2019]?t| not) )?${doing}\\b.{2,200}? ${trigger}\\b`,
    'iu',
  ),
  // "Please use metric", "don't use emojis", "answer in Spanish".
  new RegExp(
    `^${opening}(?:please |do(?:n['\u2019]?t| not) |stop |only |no more )+(?:use|using|write|writing|answer|reply|respond|speak|avoid|keep|give me)\\b.{0,40}\\b${form}\\b.{0,40}$`,
    'iu',
  ),
  new RegExp(
    `^${opening}(?:answer|reply|respond|speak|talk|write) (?:to me |back )?(?:only )?(?:in|with) .{0,20}\\b${form}\\b.{0,20}$`,
    'iu',
  ),
  // "Call me Sam", "you can call me Sam"; not "call me tomorrow".
  /^(?:[^.?!]{0,40}[,;] )?(?:please |just |but |and |so |everyone calls me \S+,? )*(?:you (?:can|may|should) |please )?(?:call me|refer to me as|address me as) (?!(?:back|when|if|at|on|in|later|tomorrow|tonight|today|now|again|any|asap|crazy|old|a|the|by|and|or|before|after|once)\b)["\u201c]?\p{L}[\p{L}.'\u2019-]*(?: \p{L}[\p{L}.'\u2019-]*){0,2}["\u201d]?(?: (?:from now on|please|instead|though|when .{2,60}))?[.!]*$/iu,
];

function instructionIn(sentence: string, isQuestion: boolean): StandingSentence | null {
  if (isQuestion && !/\b(?:always|never|from now on|going forward)\b/i.test(sentence)) return null;
  if (sentence.split(/\s+/u).length > instructionWords) return null;
  if (!patterns.some((pattern) => pattern.test(sentence))) return null;
  const about = aboutWhat.exec(sentence)?.[1]?.trim() ?? null;
  return { kind: 'instruction', text: sentence, about: about === '' ? null : about };
}

/** What stands behind "when I ask about", up to the next clause. */
const aboutWhat =
  /\b(?:when(?:ever)?|if|any ?time|every time|each time|as soon as) (?:i|we|you) (?:am asking|bring up|inquire|\p{L}+)(?: you)?(?: (?:about|for|on|regarding|to|of|with|a question about|questions about))? ([^,.;?!]+)/iu;

/** "..., and I prefer X over Y, so can you ..." says "I prefer X over Y". */
function preferenceIn(sentence: string): StandingSentence | null {
  const match = preferring.exec(sentence);
  if (match === null || /\?/.test(match[0])) return null;
  const text = match[0].trim().replace(/[,;:\u2013-]+$/u, '');
  return text.length < preferenceCharacters ? null : { kind: 'preference', text, about: null };
}

const preferring =
  /\bi(?:['\u2019]d| would| do| really| much| generally| usually| always| still| also| strongly| personally| tend to)*(?: (?:really|much|generally|usually|always|still|also|strongly|personally|tend to))* (?:prefer(?:red)?|rather|favou?r)(?! (?:not )?to know)(?=[ ]\p{L})\b.{3,220}?(?=[,;]? (?:so|but|can you|could you|how|considering|given|since|what|which|do you|is there|are there|would you)\b|[.!?;](?:\s|$)|\s[-\u2013\u2014]\s|$)/iu;

/** "I prefer it" says nothing by itself. */
const preferenceCharacters = 14;
