import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newAnalyzer } from './analyzer.ts';

const analyzer = newAnalyzer();
const keysOf = (text: string) => analyzer.keys({ text, context: null, place: null, eventAt: null });

describe('the analyser', () => {
  it('stems English and drops what says nothing', () => {
    expect(analyzer.stems('The dogs were running in the parks')).toEqual(['dog', 'run', 'park']);
  });

  it('keeps the stop words of a text that has no other word', () => {
    expect(analyzer.stems('Who are you?')).toEqual(['who', 'ar', 'you']);
    expect(keysOf('I am.').passages).toEqual([['i', 'am']]);
  });

  it('finds words however their case, accents, width and apostrophes were typed', () => {
    expect(analyzer.words('CAFÉ cafe\u0301 ｃａｆｅ')).toEqual(['cafe', 'cafe', 'cafe']);
    expect(analyzer.words('Straße Łódź smørrebrød ΟΔΟΣ')).toEqual(['strasse', 'lodz', 'smorrebrod', 'οδοσ']);
    expect(analyzer.words("Alice\u2019s O'Neil doesn't they'll")).toEqual(['alice', 'oneil', 'doesnt', 'they']);
  });

  it('keeps the names of things that carry signs', () => {
    expect(analyzer.stems('C++ and C# or .NET')).toEqual(['c++', 'c#', 'net', '.net']);
    expect(analyzer.stems('wi-fi')).toEqual(['wi', 'fi', 'wifi']);
    expect(analyzer.stems('Wifi')).toEqual(['wifi']);
    expect(analyzer.words('node.js')).toEqual(['node', 'js']);
    expect(analyzer.stems('write ann.lee@example.org')).toEqual([
      'write',
      'ann',
      'lee',
      'exampl',
      'org',
      'ann.lee@example.org',
    ]);
  });

  it('reads numbers with separators as one', () => {
    expect(analyzer.stems('2,000')).toEqual(['2000']);
    expect(analyzer.stems('3.14 at 10:30')).toEqual(['3.14', '10:30']);
    expect(analyzer.stems('2023-05-07')).toEqual(['2023', '05', '07', '2023-05-07']);
  });

  it('never interprets query syntax', () => {
    expect(analyzer.words('"quoted" AND NEAR(x, y) -z col:val *')).toEqual([
      'quoted',
      'and',
      'near',
      'x',
      'y',
      'z',
      'col',
      'val',
    ]);
  });

  it('finds emoji', () => {
    expect(analyzer.stems('party 🎉🎉 ❤️ 👍🏽 🇫🇷')).toEqual(['parti', '🎉', '🎉', '❤', '👍', '🇫🇷']);
  });

  it('segments scripts without spaces, and finds the parts of Han words', () => {
    expect(analyzer.stems('我喜欢北京烤鸭')).toEqual(expect.arrayContaining(['北京', '京', '喜欢']));
    expect(analyzer.stems('แมวกินปลา')).toEqual(['แมว', 'กิน', 'ปลา']);
    const stems = analyzer.stems('東京でラーメンを食べたemail');
    expect(stems).toEqual(expect.arrayContaining(['東京', 'ラーメン', 'email']));
    expect(analyzer.stems('猫')).toEqual(['猫']);
  });

  it('keeps the vowels of scripts that write them as marks', () => {
    expect(analyzer.words('हिन्दी 한국어')).toEqual(['हिन्दी', '한국어']);
  });

  it('gives a short text one passage, and a text without words an empty one', () => {
    expect(keysOf('One. Two. Three.\nFour.').passages).toHaveLength(1);
    expect(keysOf('?!').passages).toEqual([[]]);
    expect(keysOf('?!').words).toBe(0);
  });

  it('cuts long texts into passages of 60 to 80 words at sentence ends', () => {
    const sentence = 'The quick brown fox jumped over the very lazy dog yesterday evening. ';
    const keys = keysOf(sentence.repeat(20));
    expect(keys.words).toBe(240);
    // Five sentences of twelve words; eight words of each are no stop words.
    expect(keys.passages.map((stems) => stems.length / 8)).toEqual([5, 5, 5, 5]);
  });

  it('cuts a text without sentence ends, too', () => {
    const keys = keysOf('word '.repeat(1_000));
    expect(keys.passages.every((stems) => stems.length <= 100)).toBe(true);
    expect(keys.passages.flat()).toHaveLength(1_000);
  });

  it('adds the date, the place and the context line as words of their own', () => {
    const keys = analyzer.keys({
      text: 'We met',
      context: 'About the wedding of Bob',
      place: 'Lisbon Office',
      eventAt: Date.UTC(2023, 4, 7, 23),
    });
    expect(keys.passages).toEqual([['met']]);
    expect(keys.context).toEqual(['7', 'mai', '2023', 'lisbon', 'offic', 'wed', 'bob']);
  });

  it('tells a question', () => {
    expect(keysOf('Where to? I wonder.').question).toBe(true);
    expect(keysOf('https://example.org/?q=1 is it').question).toBe(false);
    expect(keysOf('何ですか？').question).toBe(true);
  });

  it('gives the same words for a text in any case and normal form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(analyzer.stems(text)).toEqual(analyzer.stems(text));
        expect(analyzer.stems(text.normalize('NFD'))).toEqual(analyzer.stems(text.normalize('NFC')));
        for (const stem of analyzer.stems(text)) expect(stem.isWellFormed() && stem.length > 0).toBe(true);
      }),
    );
  });

  it('keeps every stem of the text in its passages', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 40, mode: 'sentences' }), (text) => {
        expect(keysOf(text).passages.flat()).toEqual(analyzer.stems(text));
      }),
    );
  });
});
