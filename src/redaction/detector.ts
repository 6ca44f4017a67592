/** What can be found. The first four are secrets, the others personal data. */
export const sensitiveKinds = [
  'private_key',
  'token',
  'api_key',
  'password',
  'card',
  'iban',
  'email',
  'phone',
] as const;
export type SensitiveKind = (typeof sensitiveKinds)[number];

export const secretKinds: readonly SensitiveKind[] = ['private_key', 'token', 'api_key', 'password'];
export const personalKinds: readonly SensitiveKind[] = ['card', 'iban', 'email', 'phone'];

/** UTF-16 units of the text, `end` not included. */
export interface Finding {
  readonly kind: SensitiveKind;
  readonly start: number;
  readonly end: number;
}

/** A form in which something is written. What matches is looked at once more where the form alone proves nothing. */
export interface Detector {
  readonly kind: SensitiveKind;
  /**
   * Global, in time linear in the text. Its group `secret`, where it has one (and the flag `d`), is what is found: the rest
   * is its frame.
   */
  readonly pattern: RegExp;
  /** A word that must be in the text (lower-cased there): a scan for it is far cheaper than the pattern. */
  readonly hint?: string;
  isReal?(found: string): boolean;
}
