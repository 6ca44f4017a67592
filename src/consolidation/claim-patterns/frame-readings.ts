import { type Attribute, attributeNamed } from '../../language/attributes.ts';
import type { Clause } from '../../language/clauses.ts';
import { verbFormOf } from '../../language/verb-lexicon.ts';
import type { SaidOfSubject } from './conversation.ts';
import { distastes, type Frame, frames } from './frames.ts';
import { deedIn, isSchool, slotValues } from './slots.ts';
import { shortValue } from './value.ts';

type Reading = Pick<Clause, 'verb' | 'object' | 'isCorrection' | 'place' | 'companion'>;

/** What the frames of a clause's verb say of its subject; verbs that lead to another one ("started working") are followed. */
export function readFrames(clause: Reading): readonly SaidOfSubject[] {
  const inner = led(clause);
  if (inner !== null) return inner.kind === 'plan' ? inner.said : readFrames(inner.clause);
  const { verb } = clause;
  if (verb.tense === 'unreal' && !(verb.isAbility && /^(?:speak|play)$/u.test(verb.lemma))) return [];
  if (isComing(clause)) return planned(clause);
  const found = framesOf(verb.lemma).flatMap((frame) => readFrame(frame, clause));
  const extra = [...tasted(clause), ...wedded(clause)];
  // "Works for Acme as a nurse" says two things, but one thing once.
  const byAttribute = new Map<string, SaidOfSubject[]>();
  for (const { frame, said } of found) {
    const key = `${said.attribute.name} ${said.polarity}`;
    const held = byAttribute.get(key) ?? [];
    if (held.length === 0 || held.some((one) => sources.get(one) === frame)) byAttribute.set(key, [...held, said]);
    sources.set(said, frame);
  }
  return [...[...byAttribute.values()].flat(), ...extra];
}

const sources = new WeakMap<SaidOfSubject, CompiledFrame>();

interface CompiledFrame extends Frame {
  readonly pattern: RegExp;
  readonly of: Attribute;
}

let compiled: ReadonlyMap<string, readonly CompiledFrame[]> | null = null;

function framesOf(lemma: string): readonly CompiledFrame[] {
  compiled ??= compile();
  return compiled.get(lemma) ?? [];
}

function compile(): ReadonlyMap<string, readonly CompiledFrame[]> {
  const byVerb = new Map<string, CompiledFrame[]>();
  for (const frame of frames) {
    const one = {
      ...frame,
      pattern: new RegExp(`^(?:${frame.after})(?<value>\\S.*)$`, 'u'),
      of: kind(frame.attribute),
    };
    for (const verb of frame.verbs.split(' ')) byVerb.set(verb, [...(byVerb.get(verb) ?? []), one]);
  }
  return byVerb;
}

function kind(name: string): Attribute {
  return severalOf.has(name) ? { name, isSingle: false, isKnown: true } : attributeNamed(name);
}

const severalOf: ReadonlySet<string> = new Set([
  'likes',
  'uses',
  'possession',
  'plan',
  'hobby',
  'health condition',
  'sport',
]);

function readFrame(frame: CompiledFrame, clause: Reading): readonly { frame: CompiledFrame; said: SaidOfSubject }[] {
  const { verb } = clause;
  if (verb.isPassive !== (frame.isPassive === true)) return [];
  const polarity = polarityOf(frame, clause);
  if (polarity === null) return [];
  const match = frame.pattern.exec(clause.object);
  const place = frame.slot === 'place' || frame.slot === 'organisation' ? clause.place : null;
  if (match === null) {
    const isBare =
      clause.object === '' ||
      /^(?:now|these days|today|currently|at the moment|with|as|for|since)\b/iu.test(clause.object);
    if (place === null || !isBare || frame.means !== 'state' || !/^(?:live|reside|work)$/u.test(verb.lemma)) return [];
    return [{ frame, said: { attribute: frame.of, value: place, polarity, isCorrection: clause.isCorrection } }];
  }
  const { value: rest = '', was } = match.groups ?? {};
  const { value, instead } = withoutInstead(rest);
  let values = slotValues(frame.slot, value);
  let { of } = frame;
  if (of.name === 'employer' && values.some(isSchool) && /^(?:start|begin)$/u.test(verb.lemma)) of = kind('education');
  if (of.name === 'uses' && /\p{Lu}.* (?:University|College)$/u.test(value)) values = [];
  if (of.name === 'occupation' && verb.lemma === 'be' && verb.isNegative) values = [];
  const isEvent = frame.means !== 'state' && frame.means !== 'always';
  const said = values.map((one) => ({
    frame,
    said: { attribute: of, value: one, polarity, isCorrection: clause.isCorrection || isEvent },
  }));
  if (said.length === 0) return [];
  const old = [
    ...(was === undefined ? [] : slotValues(frame.slot, /vehicle/u.test(frame.slot) ? `a ${was}` : was)),
    ...(instead === null ? [] : slotValues(frame.slot, instead)),
  ];
  return [
    ...old.map((one) => ({
      frame,
      said: { attribute: of, value: one, polarity: 'negative' as const, isCorrection: true },
    })),
    ...said,
  ];
}

/** What a clause of such a frame comes to: null when it does not say how things are. */
function polarityOf({ means }: Frame, { verb, object }: Reading): 'positive' | 'negative' | null {
  if (means === 'end') return verb.isNegative || verb.tense === 'present' ? null : 'negative';
  if (means === 'begin')
    return verb.isNegative || (verb.tense === 'present' && !/^(?:buy|get|order)$/u.test(verb.lemma))
      ? verb.tense === 'present' && !verb.isNegative && verb.isPassive
        ? 'positive'
        : null
      : 'positive';
  if (means === 'always') return verb.isNegative ? null : 'positive';
  if (verb.tense === 'past') return null;
  // "I have worked at Acme" may be over, "for two years" or "since May" says that it is not.
  if (
    verb.tense === 'perfect' &&
    !/^(?:be|have|own)$/u.test(verb.lemma) &&
    !/\b(?:for|since|all my|always|now)\b/iu.test(object)
  )
    return null;
  return verb.isNegative ? 'negative' : 'positive';
}

/** "Am moving to Rome": not so yet. */
function isComing({ verb, object }: Reading): boolean {
  return (
    verb.isProgressive &&
    verb.tense === 'present' &&
    !/^(?:go|plan)$/u.test(verb.lemma) &&
    framesOf(verb.lemma).some(
      ({ means, pattern, slot }) =>
        means === 'begin' &&
        pattern.test(object) &&
        slotValues(slot, pattern.exec(object)?.groups?.value ?? '').length > 0,
    )
  );
}

const plan: Attribute = { name: 'plan', isSingle: false, isKnown: true };

function planned({ verb, object, isCorrection }: Reading): readonly SaidOfSubject[] {
  const value = deedIn(`${verb.lemma} ${object}`);
  return value === null
    ? []
    : [{ attribute: plan, value, polarity: verb.isNegative ? 'negative' : 'positive', isCorrection }];
}

type Led =
  | { readonly kind: 'clause'; readonly clause: Reading }
  | { readonly kind: 'plan'; readonly said: readonly SaidOfSubject[] };

/** "Started working for", "stopped eating", "ended up moving to", "love living in", "is going to move to". */
function led(clause: Reading): Led | null {
  const { verb, object } = clause;
  if (verb.lemma === 'go' && verb.isProgressive && /^to [\p{Ll}]/u.test(object)) {
    const value = verb.tense === 'present' ? deedIn(object.slice(3)) : null;
    return {
      kind: 'plan',
      said:
        value === null || verb.isNegative
          ? []
          : [{ attribute: plan, value, polarity: 'positive', isCorrection: false }],
    };
  }
  const [, particle = '', word = '', rest = ''] = /^(up |down |to )?([\p{Ll}]+)(?: (.*))?$/u.exec(object) ?? [];
  const form = verbFormOf(word);
  if (form === null) return null;
  const inner = (changes: Partial<Clause['verb']>): Led => ({
    kind: 'clause',
    clause: {
      ...clause,
      object: rest,
      verb: { ...verb, lemma: form.lemma, isPassive: false, isProgressive: false, ...changes },
    },
  });
  if (form.isGerund && particle !== 'to ') {
    if (/^(?:start|begin|end|wind|keep)$/u.test(verb.lemma) && verb.tense !== 'present')
      return inner(statesOf.has(form.lemma) ? { tense: 'present' } : {});
    if (/^(?:stop|quit|give)$/u.test(verb.lemma) && verb.tense !== 'present')
      return statesOf.has(form.lemma)
        ? inner({ tense: 'present', isNegative: !verb.isNegative, isOver: true })
        : { kind: 'plan', said: [] };
    if (
      /^(?:love|like|enjoy|adore)$/u.test(verb.lemma) &&
      !verb.isNegative &&
      statesOf.has(form.lemma) &&
      verb.tense === 'present' &&
      /^(?:in|at|for|as) /u.test(rest)
    )
      return inner({});
  }
  if (particle === 'to ' && form.isBase && /^(?:get|manage|have|come)$/u.test(verb.lemma) && verb.tense !== 'present')
    return verb.lemma === 'come' && form.lemma === 'live' ? null : inner({});
  return null;
}

/** Verbs that tell how things are. */
const statesOf: ReadonlySet<string> = new Set(
  'live reside stay work study play use drive date see speak practice learn run manage attend volunteer eat'.split(' '),
);

/** "I prefer tea to coffee", "I hate mornings", "we can't stand jazz". */
function tasted({ verb, object, isCorrection }: Reading): readonly SaidOfSubject[] {
  const likes = kind('likes');
  if (verb.lemma === 'stand' || verb.tense === 'past' || !distastes.split(' ').includes(verb.lemma)) return [];
  return slotValues('taste', object).map((value) => ({
    attribute: likes,
    value,
    polarity: verb.isNegative ? ('positive' as const) : ('negative' as const),
    isCorrection,
  }));
}

/** "Ann and I got married", "Ann and Bob tied the knot". */
function wedded({ verb, object, companion }: Reading): readonly SaidOfSubject[] {
  if (companion === null || !/^\p{Lu}/u.test(companion) || verb.isNegative) return [];
  const text = `${verb.lemma} ${object}`;
  const isWed =
    /^(?:get married|tie the knot|marry(?:$| )|wed\b|be married|exchange vows)/u.test(text) && !/\bto\b/u.test(object);
  const isEngaged = /^(?:get engaged|engage)/u.test(text);
  if (!isWed && !isEngaged) return [];
  return [{ attribute: kind(isWed ? 'spouse' : 'fiance'), value: companion, polarity: 'positive', isCorrection: true }];
}

/** "B instead of A", "not A but B", "B, not A". */
export function withoutInstead(object: string): { readonly value: string; readonly instead: string | null } {
  const butNot = /^not (.{1,60}?),? but (.+)$/iu.exec(object);
  if (butNot !== null) return { value: butNot[2] ?? '', instead: shortValue(butNot[1] ?? '') };
  const instead = /^(.{1,80}?)(?:,? (?:instead of|rather than)|,? not|,? and not) (.+)$/iu.exec(object);
  if (instead !== null) return { value: instead[1] ?? '', instead: shortValue(instead[2] ?? '') };
  return { value: object, instead: null };
}
