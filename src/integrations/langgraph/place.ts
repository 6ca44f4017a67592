import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import { namespaceLabel, textOfNamespaceLabel } from '../memory-tools/namespace-label.ts';

/**
 * The namespace of Ecphory that holds a LangGraph namespace: the root, then each label.
 *
 * @throws EcphoryError `invalid` when it is deeper or longer than a namespace can be.
 */
export function placeOf(root: string, labels: readonly string[]): string {
  const depthMax = limits.namespaceLabels - root.split('/').length;
  if (labels.length > depthMax) {
    throw new EcphoryError(
      'invalid',
      `Under the root "${root}" a LangGraph namespace has at most ${depthMax} labels; this one has ${labels.length}.`,
    );
  }
  const encoded = labels.map((label) => {
    if (!label.isWellFormed()) throw new EcphoryError('invalid', 'A namespace label must be well-formed Unicode.');
    const one = namespaceLabel(label);
    if (one.length <= limits.namespaceLabelCharacters) return one;
    throw new EcphoryError(
      'invalid',
      `A namespace label is at most ${limits.namespaceLabelCharacters} characters, with its escapes; ` +
        `"${label.slice(0, 20)}..." has ${one.length}.`,
    );
  });
  const place = [root, ...encoded].join('/');
  if (place.length > limits.namespaceCharacters) {
    throw new EcphoryError(
      'invalid',
      `With its root and escapes a namespace is at most ${limits.namespaceCharacters} characters; this one has ${place.length}.`,
    );
  }
  return place;
}

/** The LangGraph namespace that lives there. */
export function labelsOf(root: string, place: string): string[] {
  if (place === root) return [];
  return place
    .slice(root.length + 1)
    .split('/')
    .map(textOfNamespaceLabel);
}
