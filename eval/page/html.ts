/** Markup that is safe to put into a page: made only by `html`, which escapes everything else. */
export interface Html {
  readonly markup: string;
}

export type HtmlValue = Html | string | number | null | readonly HtmlValue[];

/** A tagged template: texts between the braces are escaped, markup is taken as it is, lists are joined, null is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return {
    markup: parts.map((part, index) => (index === 0 ? part : markupOf(values[index - 1] ?? null) + part)).join(''),
  };
}

function markupOf(value: HtmlValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  return 'markup' in value ? value.markup : value.map(markupOf).join('');
}

/** For text and for attribute values in quotes. Control characters, which no page may hold, become U+FFFD. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replace(unprintable, '\ufffd');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: replacing them is the point.
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
