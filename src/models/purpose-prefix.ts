import type { EmbedPurpose } from '../memory/embedder.ts';

/** What some models want before a text, such as `query: ` and `passage: ` for E5. */
export type PurposePrefixes = { readonly [Purpose in EmbedPurpose]?: string };

export function withPrefix(
  texts: readonly string[],
  purpose: EmbedPurpose,
  prefixes: PurposePrefixes | undefined,
): readonly string[] {
  const prefix = prefixes?.[purpose] ?? '';
  return prefix === '' ? texts : texts.map((text) => prefix + text);
}

/** For embedder ids: nothing without prefixes, because other prefixes make other vectors. */
export function prefixSettings(prefixes: PurposePrefixes | undefined): readonly string[] {
  const { passage = '', query = '' } = prefixes ?? {};
  return passage === '' && query === '' ? [] : [passage, query];
}
