/**
 * Any text as one label of a namespace, so that a user id such as `a/b` can never name another user's memories:
 * `alice` stays `alice`, `a/b` becomes `a%2Fb`. What `parseNamespace` refuses or would change (`/`, `*`, control
 * characters, spaces at the ends, `.` and `..`, letters that are not in form NFC) and `%` itself are written as UTF-8
 * escapes, so no two texts share a label. An empty text becomes `%`.
 *
 * @throws RangeError when the text is not well-formed Unicode.
 */
export function namespaceLabel(text: string): string {
  if (!text.isWellFormed()) throw new RangeError('A label must be well-formed Unicode.');
  if (text === '') return '%';
  if (text === '.' || text === '..') return text.replaceAll('.', '%2E');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be escaped.
  const label = withEscapes(text, /[%/*\u0000-\u001f\u007f-\u009f\u2028\u2029]|^\s|\s$/gu);
  // A combining accent would also join the last letter of an escape before it: hence the label, not the text.
  return label.normalize('NFC') === label ? label : withEscapes(text, /[%/*]|[^\u0020-\u007e]|^\s|\s$/gu);
}

/** The text that the label stands for. */
export function textOfNamespaceLabel(label: string): string {
  return label === '%' ? '' : decodeURIComponent(label);
}

/** `encodeURIComponent` leaves `*` as it is. */
function withEscapes(text: string, characters: RegExp): string {
  return text.replace(characters, (one) => (one === '*' ? '%2A' : encodeURIComponent(one)));
}
