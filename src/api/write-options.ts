import { EcphoryError } from '../memory/errors.ts';
import type { WriteOptions } from '../memory/service.ts';
import type { Call } from './route.ts';

/** What the headers of a write say of it. @throws EcphoryError `invalid` */
export function writeOptions(call: Call): WriteOptions {
  const key = call.request.headers['idempotency-key'];
  if (key === undefined) return {};
  if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key)) {
    throw new EcphoryError('invalid', 'An Idempotency-Key is printable ASCII without spaces.');
  }
  return { idempotencyKey: key };
}
