import { describe, expect, it } from 'vitest';
import { lineProgress } from './progress.ts';

describe('lineProgress', () => {
  it('says what begins, and how far it is every five seconds', () => {
    let now = 0;
    const lines: string[] = [];
    const progress = lineProgress({ write: (line) => lines.push(line) }, () => now);
    progress.start('Adding', 30);
    for (let second = 1; second <= 12; second += 1) {
      now = second * 1_000;
      progress.advance(2);
    }
    progress.finish();
    expect(lines).toEqual(['Adding: 30\n', 'Adding: 10 of 30\n', 'Adding: 20 of 30\n']);
  });
});
