import { limits } from '../../memory/limits.ts';

/** A value as it was spelt, without what trails after it; null when nothing is left that could be one. */
export function shortValue(text: string): string | null {
  let value = text.trim();
  const cut = value.search(tail);
  if (cut >= 0) value = value.slice(0, cut);
  return wholeValue(
    value.replace(/^(?:now |currently |actually |in fact |just |already |called |named |only )+/iu, ''),
  );
}

/** A value that a statement ends with, nothing cut off but its signs. */
export function wholeValue(text: string): string | null {
  const value = text
    .trim()
    .replace(/^["\u201c'\u2018*_`]+|["\u201d'\u2019*_`]+$/gu, '')
    .replace(/[\s.,;:!]+$/u, '')
    .replace(/^[\s:,]+/u, '')
    .replace(/["\u201d'*_`]+$/gu, '');
  if (value === '' || value.length > limits.claimValueCharacters || !/[\p{L}\p{N}]/u.test(value)) return null;
  return value;
}

/** Where a new clause or an aside begins. */
const tail =
  /\s*(?:[;(\u2013\u2014!?]|:(?!\d))|\s-+\s|,(?!\d)| (?:which|who|whom|whose|where|because|since|when|while|whenever|until|till|if|so|but|though|although|even|and (?:i|i'm|we|he|she|they|it|my|it's|that|so|then|now|am|have|was|is)|as (?:of|well|a result|soon|part|you)|now|nowadays|these days|at the moment|at present|this (?:week|month|year|summer|winter|spring|fall|autumn|morning|time)|last (?:week|month|year|summer|winter|spring|fall|autumn|night|january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|next (?:week|month|year|summer|winter|spring|fall|autumn)|yesterday|today|tomorrow|recently|lately|anymore|any more|any longer|instead|rather|from now|for now|for (?:about |almost |over |nearly )?(?:\d+|a|an|two|three|four|five|six|seven|eight|nine|ten|many|several|some) (?:\w+ )?(?:years?|months?|weeks?|days?|while)|with (?:my|his|her|their|our)|to be closer|to be near|thanks|due|after|before|ago|too|as well|already|again|full[- ]time|part[- ]time|right now|at last|in (?:january|february|march|april|may|june|july|august|september|october|november|december|\d{4})|back in|on (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december)|a (?:few|couple)|ever|just|and )(?![\p{L}\p{N}])/iu;

/** Whether a value names something: it has a capital or a digit where names have one. */
export function isNaming(value: string): boolean {
  return (
    /^(?:(?:the|an?|el|la|le|los|las|de|van|von|at|al) )?["'\u201c(]?[\p{Lu}\p{N}$\u20ac\u00a3#]/u.test(value) ||
    /\d/.test(value)
  );
}

/** Words that stand for something else, or say nothing: never a value. */
export function isEmptyValue(value: string): boolean {
  return empty.test(value);
}

const empty =
  /^(?:(?:it|this|that|these|those|them|him|her|me|you|us|one|ones|things?|stuff|something|anything|everything|nothing|someone|anyone|everyone|all|both|here|there|yours?|mine|the (?:same|one|way|best|idea|fact|most|thing|latter|former|other)|same|a lot|lots|much|more|many|so|how|what|when|why|who|to|not|too|very|really|pretty|still|like|going|being|doing|having|getting|the|a|an|my|your|his|its|their|our)|i|we|he|she|they)(?:$| (?:of|that|how|when|about|all|too|so|very|much|more|a|the|you|your|i|we|it|to|in|for|as|is|are)(?: |$))|^(?:it|this|that|you|your|them|how|what|when|why|where|i|we|he|she|they|these|those) |^(?:very|so|really|pretty|super|not|also|still|always|never|too|quite|such|just)\b/iu;

/** The name that a value begins with, without what follows it: "Rome with two friends" is Rome. */
export function leadingName(value: string): string {
  return leading.exec(value)?.[0] ?? value;
}

const leading =
  /^(?:(?:the|an?|el|la|le|los|las) )?[\p{Lu}\p{N}$\u20ac\u00a3#][^\s]*(?: (?:(?:of|the|and|de|la|van|von|der|bin|al|&|for) ){0,2}[\p{Lu}\p{N}&][^\s]*)*/u;
