import { claimKey } from '../../memory/claim.ts';
import { limits } from '../../memory/limits.ts';
import { parseTime } from '../../memory/time.ts';
import type { OperationOf } from './construct-answer.ts';
import { fold, groundsOf, ungrounded } from './grounds.ts';
import { fieldProblem } from './plain-field.ts';
import type { ShownNote } from './shown-notes.ts';

/** Times that a text speaks of, said at a time; milliseconds since 1970, `until` not included. */
export type TimesOf = (text: string, at: number) => readonly { readonly from: number; readonly until: number }[];

export type CheckedClaim =
  | {
      readonly kind: 'claim';
      readonly subject: string;
      readonly attribute: string;
      readonly value: string;
      readonly validAt: number | null;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * A claim weighs more than a keyword, since it may end an older one: its subject and value must stand in the note word for
 * word, in one piece; a denial needs a word of denial; a date must be one that the text speaks of or was said on; and of the
 * person who speaks only that person can tell.
 *
 * Pure.
 */
export function checkClaim(given: OperationOf<'claim'>, target: ShownNote, timesOf: TimesOf): CheckedClaim {
  const { episode } = target.stored;
  const attribute = given.attribute.replaceAll('_', ' ').trim();
  const fields = { subject: given.subject.trim(), attribute, value: given.value.trim() };
  for (const [name, text] of Object.entries(fields)) {
    const problem = fieldProblem(text, name === 'attribute' ? limits.modelTermCharacters : limits.nameCharacters);
    if (problem !== null) return refused(`${name}: ${problem}`);
    if (claimKey(text) === '') return refused(`${name}: empty`);
  }
  const unknown = ungrounded(attribute, groundsOf([target.text]), none);
  if (unknown !== null) return refused(`attribute: ${unknown}`);
  if (!holds(target.text, fields.value)) return refused('value: not in the text');
  const isSpeaker = speakerWords.has(claimKey(fields.subject));
  const isOwnName = episode?.speaker != null && claimKey(episode.speaker) === claimKey(fields.subject);
  if ((isSpeaker || isOwnName) && (episode === null || (episode.role !== null && episode.role !== 'user'))) {
    return refused('subject: not said by the person');
  }
  if (!isSpeaker && !isOwnName && !holds(target.text, fields.subject)) return refused('subject: not in the text');
  if (given.polarity === 'negative' && !denial.test(fold(target.text)))
    return refused('polarity: no denial in the text');
  const validAt = given.valid_at === null ? null : validTime(given.valid_at, target, timesOf);
  if (validAt === undefined) return refused('valid_at: date');
  const subject = isSpeaker ? (episode?.speaker ?? 'user') : fields.subject;
  return { kind: 'claim', subject, attribute, value: fields.value, validAt };
}

const none: ReadonlySet<string> = new Set();
const speakerWords: ReadonlySet<string> = new Set(['user', 'i', 'me', 'speaker', 'myself']);

const denial =
  /n['\u2019]t\b|\b(?:no|not|never|none|nor|neither|nobody|nothing|without|cannot|stop(?:s|ped)?|quit|left|leaving|end(?:s|ed)|former(?:ly)?|ex|used to|any ?more|instead|sold|lost|gave up|given up|cancel(?:s|led|ed)?|divorced|hates?|hated|dislikes?|disliked|avoids?|allergic|refuse[sd]?|den(?:y|ies|ied)|fired|retired|dont|doesnt|isnt|wasnt|wont|cant|didnt|arent)\b/;

function refused(reason: string): CheckedClaim {
  return { kind: 'refused', reason };
}

/** Whether it stands in the text as it is, in whole words and whole numbers, capitals and spaces aside: "5" is not in "-5". */
function holds(text: string, part: string): boolean {
  const line = plainLine(text);
  const wanted = plainLine(part);
  for (let at = line.indexOf(wanted); at >= 0; at = line.indexOf(wanted, at + 1)) {
    const around = `${line.slice(Math.max(0, at - 2), at)}\n${line.slice(at + wanted.length, at + wanted.length + 2)}`;
    const isInWord = /^\p{L}|^\p{N}/u.test(wanted) && /[\p{L}\p{N}]\n/u.test(around);
    const isInWordAfter = /[\p{L}\p{N}]$/u.test(wanted) && /\n[\p{L}\p{N}]/u.test(around);
    const isInNumber = /^\p{N}/u.test(wanted) && /[-+.,\u2212\p{Sc}]\n/u.test(around);
    const isInNumberAfter = /\p{N}$/u.test(wanted) && /\n(?:[.,]\p{N}|%)/u.test(around);
    if (!isInWord && !isInWordAfter && !isInNumber && !isInNumberAfter) return true;
  }
  return false;
}

function plainLine(text: string): string {
  return fold(text).replace(/\s+/gu, ' ');
}

/** Undefined for one that nobody spoke of. */
function validTime(text: string, target: ShownNote, timesOf: TimesOf): number | undefined {
  const at = parseTime(text);
  if (at === null) return undefined;
  const said = target.stored.episode?.eventAt ?? target.stored.note.createdAt;
  // A day is what a model can tell; within the day it was said the minute is known better.
  if (Math.floor(at / dayMs) === Math.floor(said / dayMs)) return said;
  return timesOf(target.text, said).some(({ from, until }) => from <= at && at < until) ? at : undefined;
}

const dayMs = 86_400_000;
