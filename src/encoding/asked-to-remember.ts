/**
 * Whether somebody says that this is to be remembered: "Remember this: ...", "Please don't forget that ...", "Keep in mind ...".
 * Only what is said to the listener counts, so it begins a clause ("I remember this place" does not), and no question does.
 */
export function isAskedToRemember(text: string): boolean {
  for (const { 0: found, index } of text.matchAll(request)) {
    const rest = text.slice(index + found.length);
    const end = /[.!?\n]/.exec(rest);
    if (end?.[0] !== '?') return true;
  }
  return false;
}

const request = new RegExp(
  `(?:^|[.!?;:,\\n"(]\\s*|\\b(?:please|and|so|but|also|hey|just|always)\\s+)(?:please\\s+|just\\s+|always\\s+)?(?:${[
    // "Remember that time in Rome" is a story.
    'remember(?:\\s*:|\\s+(?:this|these|to|for (?:later|next time|the future)|my|our|that(?!\\s+(?:time|day|night|evening|trip|summer|winter|year|weekend|one|guy|girl|man|woman|place|when)\\b))\\b)',
    "(?:don['\u2019]?t|do not|never)\\s+forget\\b",
    '(?:keep|bear)\\s+(?:(?:this|that|it)\\s+)?in mind\\b',
    '(?:make|take)\\s+(?:a\\s+)?note\\b',
    'note\\s+(?:this|that|it)\\s+down\\b',
    'save\\s+(?:this|that)\\s+(?:for later|to (?:your )?memory)\\b',
  ].join('|')})`,
  'giu',
);
