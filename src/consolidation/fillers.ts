import type { Analyzer } from '../memory/analyzer.ts';

/**
 * Whether a folded word without apostrophes is of content by its form and of conversation by its use: greetings, praise,
 * verbs that go with anything, numerals. Two texts that share nothing else have nothing in common.
 */
export function isFiller(word: string): boolean {
  return fillers.has(word);
}

/** Stems of such words, as this analyser makes them. */
export function fillerStems(analyzer: Analyzer): ReadonlySet<string> {
  let stems = made.get(analyzer);
  if (stems === undefined) {
    stems = new Set(Array.from(fillers, (word) => analyzer.stems(word)).flat());
    made.set(analyzer, stems);
  }
  return stems;
}

const made = new WeakMap<Analyzer, ReadonlySet<string>>();

/** Written for this list; contractions stand here without their apostrophe. */
const fillers: ReadonlySet<string> = new Set(
  `hey hi hello thanks thank yeah yes yep nope okay ok sure great awesome cool nice good well really sounds sound glad congrats
  congratulations absolutely definitely exactly totally maybe please lets sorry haha wow woah aw aww oh bye amazing
  wonderful incredible fantastic lovely gorgeous beautiful perfect best better interesting exciting excited happy proud
  one two three first second thing things something anything everything nothing someone everyone anyone lot lots bit way
  kind sort type part time times day days people guys get got getting gets gotten go going goes went gone make makes made
  making take takes took taken taking let like likes liked love loves loved want wants wanted know knows knew known think
  thinks thought thinking see sees saw seen seeing say says said saying tell told come comes came coming hear heard hope
  hoping wish mean means meant still even ever never always just also much many might may must shall back around since
  today yesterday tomorrow tonight now soon later ago last next new able feel feels felt feeling look looks looking looked
  need needs needed keep keeps kept keeping give gives gave given giving put quite pretty super actually probably another
  every any such use used using try tried trying help helps helped helping find finds found start started starting enjoy
  enjoyed appreciate share sharing agree believe guess wait talk talked talking ask asked chat catch done doing happen
  happened work works worked big little long cant dont im ive id ill youre youve youll weve were theyre theyve thats whats
  isnt wasnt didnt doesnt gonna wanna gotta stuff ones whole though although already almost yet without within along
  person photo picture image pic check plus image recently lately`.split(/\s+/),
);
