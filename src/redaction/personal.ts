import type { Detector } from './detector.ts';

/** Personal data in forms that can be told by themselves. Names and addresses of people have none. */
export const personalDetectors: readonly Detector[] = [
  {
    // ISO/IEC 7812: a prefix of an issuer, 13 to 19 digits in groups, and the check digit (Luhn).
    kind: 'card',
    pattern: /(?<![\d.,+-])(?:\d[ -]?){12,18}\d(?![\d]|[.,-]\d)/g,
    isReal: (found) => isCardNumber(found),
  },
  {
    // ISO 13616: country, check digits, account; moved and read as a number it is 1 modulo 97.
    kind: 'iban',
    pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g,
    isReal: (found) => isIban(found),
  },
  {
    kind: 'email',
    hint: '@',
    // Bounded runs: an unbounded one would be tried anew from each of its characters.
    pattern:
      /(?<![A-Za-z0-9._%+-])[A-Za-z0-9_%+](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_%+-])?@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])/g,
  },
  {
    // International, with its plus sign.
    kind: 'phone',
    hint: '+',
    pattern: /(?<![\d+\w])\+[1-9]\d{0,2}(?:[ .()/-]{0,2}\d){6,12}(?![\d])/g,
    isReal: (found) => digitsOf(found).length >= 8 && digitsOf(found).length <= 15,
  },
  {
    // North American, with the separators that a plain number has not.
    kind: 'phone',
    pattern: /(?<![\d.,/-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-.]\d{4}(?![\d]|[-.]\d)/g,
  },
  {
    // National, where the words before it say what it is.
    kind: 'phone',
    pattern:
      /\b(?:phone|tel|telephone|mobile|cell|whatsapp|call me (?:at|on)|text me (?:at|on))\b[ .:#]{0,3}(?:number)?[ .:#]{0,3}(?:is )?(?<secret>\(?0?\d(?:[ ()/-]{0,2}\d){6,12})(?!\d)/dgi,
  },
];

function isCardNumber(found: string): boolean {
  const digits = digitsOf(found);
  // One way of grouping, or none: five numbers in a row are no card.
  if (new Set(found.replace(/\d/g, '')).size > 1) return false;
  const groups = found.split(/[ -]/).map((group) => group.length);
  const isGrouped = groups.length > 1;
  if (isGrouped && !['4,4,4,4', '4,6,5', '4,6,4', '4,4,4,4,3', '4,4,4,1'].includes(groups.join(','))) return false;
  const isIssued =
    (/^4/.test(digits) && [13, 16, 19].includes(digits.length)) ||
    (/^(?:5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720))/.test(digits) && digits.length === 16) ||
    (/^3[47]/.test(digits) && digits.length === 15) ||
    (/^3(?:0[0-5]|[68])/.test(digits) && digits.length === 14) ||
    (/^(?:6011|65|64[4-9]|35|62)/.test(digits) && digits.length === 16);
  return isIssued && new Set(digits).size > 1 && luhn(digits) % 10 === 0;
}

/** Every second digit from the right is doubled, the digits of all are added (ISO/IEC 7812-1, annex B). */
function luhn(digits: string): number {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum;
}

function isIban(found: string): boolean {
  const account = found.replaceAll(' ', '');
  if (account.length < 15 || account.length > 34) return false;
  let remainder = 0;
  for (const character of account.slice(4) + account.slice(0, 4)) {
    for (const digit of String(Number.parseInt(character, 36))) remainder = (remainder * 10 + Number(digit)) % 97;
  }
  return remainder === 1;
}

function digitsOf(found: string): string {
  return found.replace(/\D/g, '');
}
