import { EcphoryError } from '../memory/errors.ts';
import { toWire } from './wire.ts';

const rooms = {
  memory: '/v1/memories/',
  entity: '/v1/entities/',
  operation: '/v1/operations/',
  run: '/v1/consolidations/',
  webhook: '/v1/webhooks/',
} as const;

/**
 * The address of one thing. An id that could not be one of ours is not sent: `..` and `/` would change the address.
 *
 * @throws EcphoryError `not_found`
 */
export function addressOf(what: keyof typeof rooms, id: string): string {
  if (!/^[0-9A-Za-z_-]{1,64}$/.test(id)) throw new EcphoryError('not_found', `There is no ${what} with this id.`);
  return rooms[what] + id;
}

/** @throws EcphoryError `not_found` */
export function deliveryAddressOf(webhook: string, delivery: string): string {
  const address = addressOf('webhook', webhook);
  if (!/^[0-9A-Za-z_-]{1,64}$/.test(delivery)) {
    throw new EcphoryError('not_found', 'There is no delivery with this id.');
  }
  return `${address}/deliveries/${delivery}`;
}

/**
 * The address of a session's messages. Its name is its caller's.
 *
 * @throws EcphoryError `invalid` for what an address cannot say: dots alone would change it, whatever is done to them.
 */
export function messagesOf(sessionId: string): string {
  if (/^(?:\s*|\.{1,2})$/.test(sessionId) || !sessionId.isWellFormed()) {
    throw new EcphoryError('invalid', 'A session cannot be asked for by this name.', { pointer: '/session_id' });
  }
  return `/v1/sessions/${encodeURIComponent(sessionId)}/messages`;
}

/**
 * An address with an input as its query string: lists as repeated names, objects as JSON, what is undefined left out.
 *
 * @throws EcphoryError `invalid`: a query string would silently carry another character for half of a surrogate pair.
 */
export function withQuery(path: string, input: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(toWire(input) as object)) {
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (one === undefined) continue;
      const text = typeof one === 'object' ? JSON.stringify(one) : String(one);
      if (!text.isWellFormed()) {
        throw new EcphoryError('invalid', 'The text is not well-formed Unicode.', { pointer: `/${name}` });
      }
      query.append(name, text);
    }
  }
  return query.size === 0 ? path : `${path}?${query}`;
}
