/**
 * The forms of English verbs that a stemmer cannot bring together: who asks when someone bought a boat means the
 * note that says "buy". By form, all the forms of its verb; empty for a regular one.
 */
export function verbForms(word: string): readonly string[] {
  madeForms ??= formsByForm();
  return madeForms.get(word) ?? [];
}

let madeForms: ReadonlyMap<string, readonly string[]> | null = null;

function formsByForm(): ReadonlyMap<string, readonly string[]> {
  const byForm = new Map<string, readonly string[]>();
  for (const verb of irregularVerbs.trim().split(/\s*,\s*/)) {
    const forms = verb.split(/\s+/);
    for (const form of forms) byForm.set(form, forms);
  }
  return byForm;
}

/** Left out: forms that are also another everyday word (found, left, saw, felt, lay, wound, rose, bore, ground). */
const irregularVerbs = `
become became, begin began begun, bend bent, bite bit bitten, blow blew blown, break broke broken, breed bred,
bring brought, build built, burn burnt, buy bought, catch caught, choose chose chosen, come came, deal dealt, dig dug,
draw drew drawn, dream dreamt, drink drank drunk, drive drove driven, eat ate eaten, fall fell fallen, feed fed,
fight fought, flee fled, fly flew flown, forbid forbade forbidden, forget forgot forgotten, forgive forgave forgiven,
freeze froze frozen, get got gotten, give gave given, go went gone, grow grew grown, hang hung, hear heard,
hide hid hidden, hold held, keep kept, kneel knelt, know knew known, lead led, learn learnt, leap leapt, lend lent,
lose lost, make made, mean meant, meet met, pay paid, ride rode ridden, ring rang rung, run ran, say said, seek sought,
sell sold, send sent, sew sewn, shake shook shaken, shine shone, shoot shot, show shown, shrink shrank shrunk,
sing sang sung, sink sank sunk, sit sat, sleep slept, slide slid, speak spoke spoken, spend spent, spin spun,
stand stood, steal stole stolen, stick stuck, sting stung, strike struck, swear swore sworn, sweep swept, swim swam swum,
swing swung, take took taken, teach taught, tear tore torn, tell told, think thought, throw threw thrown,
understand understood, wake woke woken, wear wore worn, weave wove woven, weep wept, win won, write wrote written
`;
