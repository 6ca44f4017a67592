/** Whether a folded word says nothing by itself in English. `may`, `will` and `mark` are also names and months: not here. */
export function isStopWord(word: string): boolean {
  return stopWords.has(word);
}

/** Apostrophes are gone and `'s`, `'re`, `'ve`, `'ll`, `'d`, `'m` are cut before words are looked up here. */
const stopWords: ReadonlySet<string> = new Set(
  `a about after again all also am an and any are arent as at be because been before being both but by can cannot cant
  could couldnt did didnt do does doesnt doing dont down during each few for from further had hadnt has hasnt have
  havent having he her here hers herself him himself his how i if in into is isnt it its itself just me more most my
  myself no nor not of off on once only or other our ours ourselves out over own same she should shouldnt so some such
  than that the their theirs them themselves then there these they this those through to too under until up very was
  wasnt we were werent what when where which while who whom whose why with wont would wouldnt you your yours yourself
  yourselves`.split(/\s+/),
);
