import type { Detector, Finding, SensitiveKind } from './detector.ts';
import { personalDetectors } from './personal.ts';
import { secretDetectors } from './secrets.ts';

/** In the order in which they are believed: where two findings overlap, the earlier detector's stands. */
const detectors: readonly Detector[] = [...secretDetectors, ...personalDetectors];

/** What of these kinds is in a text, in order, none within another. Pure; time linear in the text. */
export function findSensitive(text: string, kinds: ReadonlySet<SensitiveKind>): readonly Finding[] {
  const folded = text.toLowerCase();
  const found: Finding[] = [];
  const taken = new Uint8Array(text.length);
  for (const detector of detectors) {
    if (!kinds.has(detector.kind)) continue;
    if (detector.hint !== undefined && !folded.includes(detector.hint)) continue;
    for (const match of text.matchAll(detector.pattern)) {
      const finding = findingOf(match, detector, text);
      if (finding === null || taken.subarray(finding.start, finding.end).includes(1)) continue;
      taken.fill(1, finding.start, finding.end);
      found.push(finding);
    }
  }
  return found.sort((left, right) => left.start - right.start);
}

/**
 * The text with `[redacted:email]` in place of an address, and so on. Done twice it is as done once, and a text without
 * a finding is given back as it is.
 */
export function redactText(
  text: string,
  kinds: ReadonlySet<SensitiveKind>,
  onFound: (kind: SensitiveKind) => void = () => {},
): string {
  let redacted = text;
  // What a finding stood against may be one itself now: its edge was a letter before.
  for (let round = 0; round < roundsMax; round += 1) {
    const found = findSensitive(redacted, kinds);
    if (found.length === 0) break;
    redacted = withPlaceholders(redacted, found);
    for (const { kind } of found) onFound(kind);
  }
  return redacted;
}

const roundsMax = 8;

function withPlaceholders(text: string, found: readonly Finding[]): string {
  let redacted = '';
  let from = 0;
  for (const { kind, start, end } of found) {
    redacted += `${text.slice(from, start)}[redacted:${kind}]`;
    from = end;
  }
  return redacted + text.slice(from);
}

function findingOf(match: RegExpExecArray, detector: Detector, text: string): Finding | null {
  const [start, end] = match.indices?.groups?.secret ?? [match.index, match.index + match[0].length];
  if (detector.isReal?.(text.slice(start, end)) === false) return null;
  return { kind: detector.kind, start, end };
}
