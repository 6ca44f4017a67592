/**
 * A word that nobody who wrote a text could know: 64 random bits. Drawn again while one of the texts has it, which
 * happens never by chance and at once with a broken source of random bytes.
 */
export function newFence(random: (bytes: Uint8Array) => Uint8Array, texts: readonly string[]): string {
  for (let draw = 0; draw < drawsMax; draw += 1) {
    const bytes = random(new Uint8Array(8));
    const word = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    if (!texts.some((text) => text.includes(word))) return word;
  }
  throw new Error('Random bytes repeat what is in the texts.');
}

const drawsMax = 8;
