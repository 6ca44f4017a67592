import { type Html, html } from './html.ts';

/** A number of the data to a place on the drawing. */
export type Scale = (value: number) => number;

export interface Span {
  readonly from: number;
  readonly to: number;
}

export function linearScale(domain: Span, range: Span): Scale {
  const width = domain.to - domain.from || 1;
  return (value) => range.from + ((value - domain.from) / width) * (range.to - range.from);
}

/** Domain and values are greater than 0. */
export function logScale(domain: Span, range: Span): Scale {
  const linear = linearScale({ from: Math.log(domain.from), to: Math.log(domain.to) }, range);
  return (value) => linear(Math.log(Math.max(value, Number.MIN_VALUE)));
}

/** Values of an axis at 1, 2 and 5 times powers of ten within the domain. */
export function logTicks({ from, to }: Span): readonly number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); 10 ** power <= to; power += 1) {
    for (const step of [1, 2, 5]) {
      const tick = step * 10 ** power;
      if (tick >= from * 0.999 && tick <= to * 1.001) ticks.push(tick);
    }
  }
  return ticks;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A drawing that fits its column, with a name for those who cannot see it. */
export function drawing({ width, height }: Size, label: string, content: readonly Html[]): Html {
  return html`<svg viewBox="0 0 ${width} ${coordinate(height)}" role="img" aria-label="${label}">${content}</svg>`;
}

/** Where the drawn lines go, as an SVG path. */
export function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${coordinate(x)} ${coordinate(y)}`).join('');
}

/** One decimal is less than what a screen can show. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/**
 * Moves labels apart: the nearest places to the wanted ones, in the same order, at least `gap` from one another and within
 * the span. Overlapping neighbours are joined into blocks around their common mean (pool adjacent violators).
 */
export function spreadLabels(wanted: readonly number[], gap: number, within: Span): readonly number[] {
  const order = [...wanted.keys()].sort((left, right) => wanted[left]! - wanted[right]! || left - right);
  const blocks: { start: number; size: number }[] = [];
  for (const index of order) {
    let block = { start: wanted[index]!, size: 1 };
    for (let before = blocks.at(-1); before !== undefined; before = blocks.at(-1)) {
      if (before.start + before.size * gap <= block.start) break;
      blocks.pop();
      const size = before.size + block.size;
      // The mean of where each block's first label wants to be, seen from the joined block's first.
      const start = (before.start * before.size + (block.start - before.size * gap) * block.size) / size;
      block = { start, size };
    }
    blocks.push(block);
  }
  const places = new Array<number>(wanted.length).fill(0);
  let position = 0;
  let lowest = within.from;
  for (const { start, size } of blocks) {
    const highest = within.to - gap * (order.length - position - 1);
    const first = Math.max(lowest, Math.min(start, highest));
    for (let label = 0; label < size; label += 1) places[order[position + label]!] = first + label * gap;
    position += size;
    lowest = first + size * gap;
  }
  return places;
}

/** A share as people read it: .819, 1. */
export function shareText(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value.toFixed(3).replace(/^(-?)0\./, '$1.');
}

export function signedShareText(value: number): string {
  return value > 0 ? `+${shareText(value)}` : shareText(value).replace('-', '−');
}
