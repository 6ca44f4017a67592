import { fixed, table } from '../table.ts';
import { type Ablation, type AblationRow, significance } from './ablation.ts';

/** One set's table for a terminal: a line a signal, what each loses first. */
export function ablationText({ set, n, recall_at_10, rows }: Ablation): string {
  const alone = new Map(rows.filter(({ mode }) => mode === 'alone').map((row) => [row.signal, row]));
  const off = rows.filter(({ mode }) => mode === 'off').sort((left, right) => left.difference - right.difference);
  return [
    `${set}: ${n} questions, recall@10 ${fixed(recall_at_10, 3)} as shipped`,
    '',
    table(
      ['signal', 'weight', 'off', 'difference', 'p', 'adjusted', 'alone', ''],
      off.map((row) => [
        row.signal,
        fixed(row.weight, 2),
        fixed(row.recall_at_10, 3),
        signed(row.difference),
        fixed(row.p_value, 4),
        fixed(row.p_adjusted, 4),
        fixed(alone.get(row.signal)?.recall_at_10 ?? null, 3),
        verdict(row),
      ]),
    ),
    '',
    'difference: without the signal less as shipped. p: paired permutation test over questions, two-sided; adjusted:',
    'among all signals of this set (Holm). alone: only this signal.',
  ].join('\n');
}

function verdict({ weight, difference, p_value, p_adjusted }: AblationRow): string {
  if (weight === 0) return 'not shipped';
  if (difference === 0) return 'no effect';
  const direction = difference < 0 ? 'helps' : 'LOSES';
  if (p_adjusted < significance) return direction;
  return p_value < significance ? `${direction.toLowerCase()}, if it were tested alone` : '';
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${fixed(value, 4)}`;
}
