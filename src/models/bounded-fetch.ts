/**
 * `fetch` for an endpoint that is not trusted to be brief: an answer over `bytesMax`, counted after it is
 * unpacked, breaks off with an error, and a redirect is refused, because it could carry texts and the key to
 * another host.
 */
export function boundedFetch(bytesMax: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'error' });
    if (response.body === null) return response;
    let bytes = 0;
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes > bytesMax) controller.error(new AnswerTooLargeError(bytesMax));
        else controller.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counted), { status, statusText, headers });
  };
}

export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';

  constructor(bytesMax: number) {
    super(`The answer is over ${bytesMax} bytes.`);
  }
}
