import type { StreamPart } from './model-call.ts';

export interface Heard {
  readonly text: string;
  readonly callsTool: boolean;
}

/**
 * The same stream, whose words are told to `onEnd` when it is over: at its end, or when it is stopped, as by a user who
 * has read enough: `isStopped` says so of a stream that broke. One that fails otherwise, or that tells of an error, is no
 * answer, and `onEnd` is not called.
 */
export function heardStream<Part extends StreamPart>(
  stream: ReadableStream<Part>,
  { isStopped, onEnd }: { readonly isStopped: () => boolean; readonly onEnd: (heard: Heard) => void },
): ReadableStream<Part> {
  const reader = stream.getReader();
  let text = '';
  let callsTool = false;
  let hasFailed = false;
  return new ReadableStream<Part>({
    async pull(controller) {
      const { done, value } = await next();
      if (done) {
        controller.close();
        if (!hasFailed) onEnd({ text, callsTool });
        return;
      }
      // Several texts in one answer are paragraphs of it.
      if (value.type === 'text-start' && text !== '') text += '\n';
      if (value.type === 'text-delta' && typeof value.delta === 'string') text += value.delta;
      if (value.type === 'tool-call') callsTool = true;
      if (value.type === 'error') hasFailed = true;
      controller.enqueue(value);
    },
    async cancel(reason) {
      if (!hasFailed) onEnd({ text, callsTool });
      await reader.cancel(reason);
    },
  });

  async function next() {
    try {
      return await reader.read();
    } catch (error) {
      if (!hasFailed && isStopped()) onEnd({ text, callsTool });
      throw error;
    }
  }
}
