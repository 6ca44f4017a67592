import type { Brand } from './scope.ts';

export type NoteId = Brand<string, 'NoteId'>;
export type EpisodeId = Brand<string, 'EpisodeId'>;
export type LinkId = Brand<string, 'LinkId'>;
export type EntityId = Brand<string, 'EntityId'>;
export type JobId = Brand<string, 'JobId'>;
export type RunId = Brand<string, 'RunId'>;
export type ApiKeyId = Brand<string, 'ApiKeyId'>;
export type WebhookId = Brand<string, 'WebhookId'>;
export type DeliveryId = Brand<string, 'DeliveryId'>;

/** Makes ids. Injected, so that tests and replays can say which ids come. */
export interface IdSource {
  readonly noteId: () => NoteId;
  readonly episodeId: () => EpisodeId;
  readonly linkId: () => LinkId;
  readonly entityId: () => EntityId;
  readonly jobId: () => JobId;
  readonly runId: () => RunId;
  readonly webhookId: () => WebhookId;
  readonly deliveryId: () => DeliveryId;
}

/** Milliseconds since 1970, UTC. Injected wherever time matters. */
export type Clock = () => number;

/**
 * Ids such as `note_01hv4k8x2m7q0r9d3c5b6a7f8e`: a prefix that says what it is, then a UUIDv7 (RFC 9562)
 * in Crockford's base 32, so that ids sort by time of making, also within one millisecond.
 */
export function newIdSource(clock: Clock, random: (bytes: Uint8Array) => Uint8Array = randomBytes): IdSource {
  const next = newUuidV7(clock, random);
  return {
    noteId: () => `note_${next()}` as NoteId,
    episodeId: () => `episode_${next()}` as EpisodeId,
    linkId: () => `link_${next()}` as LinkId,
    entityId: () => `entity_${next()}` as EntityId,
    jobId: () => `job_${next()}` as JobId,
    runId: () => `run_${next()}` as RunId,
    webhookId: () => `webhook_${next()}` as WebhookId,
    deliveryId: () => `msg_${next()}` as DeliveryId,
  };
}

function randomBytes(bytes: Uint8Array): Uint8Array {
  return crypto.getRandomValues(bytes);
}

/** 48 bits of time, a 12-bit counter that makes ids of one millisecond ascend, 62 random bits. */
function newUuidV7(clock: Clock, random: (bytes: Uint8Array) => Uint8Array): () => string {
  let lastMs = -1;
  let counter = 0;
  const bytes = new Uint8Array(16);
  return () => {
    const nowMs = Math.max(0, Math.floor(clock()));
    if (nowMs > lastMs) {
      lastMs = nowMs;
      counter = 0;
    } else if (counter < 0xfff) {
      counter += 1;
    } else {
      // The clock stood still or went back for 4,096 ids: run ahead of it rather than repeat or descend.
      lastMs += 1;
      counter = 0;
    }
    random(bytes);
    let time = lastMs;
    for (let index = 5; index >= 0; index -= 1) {
      bytes[index] = time % 256;
      time = Math.floor(time / 256);
    }
    bytes[6] = 0x70 | (counter >> 8);
    bytes[7] = counter & 0xff;
    bytes[8] = 0x80 | (bytes[8]! & 0x3f);
    return base32(bytes);
  };
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** 128 bits as 26 digits of Crockford's base 32, most significant first, so text order is byte order. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let buffer = 0;
  // 130 bits are written for 128: two leading zero bits keep the digits aligned to the end.
  let bits = 2;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(buffer >> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
  }
  return text;
}
