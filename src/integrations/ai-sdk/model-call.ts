/*
 * What the AI SDK gives to and takes from a middleware of its language models (`LanguageModelV3Middleware`, which
 * majors 6 and 7 of `ai` both accept), as far as it concerns a memory. By structure, so that the package `ai` is needed
 * neither when this runs nor when it is compiled.
 */

export interface ModelCall {
  readonly prompt: readonly PromptMessage[];
  /** What `generateText({ providerOptions })` was given, by the name of whom it is meant for. */
  readonly providerOptions?: Readonly<Record<string, unknown>> | undefined;
  readonly responseFormat?: { readonly type: string } | undefined;
  readonly abortSignal?: AbortSignal | undefined;
}

export interface PromptMessage {
  readonly role: string;
  readonly content: string | readonly PromptPart[];
  readonly providerOptions?: unknown;
}

export interface PromptPart {
  readonly type: string;
  readonly text?: unknown;
}

export interface GenerateResult {
  readonly content: readonly PromptPart[];
}

export interface StreamResult {
  readonly stream: ReadableStream<StreamPart>;
}

export interface StreamPart {
  readonly type: string;
  readonly delta?: unknown;
}

/** Its functions are generic, because what the SDK hands in must come out as the same type. */
export interface ModelMiddleware {
  readonly specificationVersion: 'v3';
  transformParams<Call extends ModelCall>(options: { readonly params: Call }): Promise<Call>;
  wrapGenerate<Result extends GenerateResult>(options: {
    readonly doGenerate: () => PromiseLike<Result>;
    readonly params: ModelCall;
  }): Promise<Result>;
  wrapStream<Result extends StreamResult>(options: {
    readonly doStream: () => PromiseLike<Result>;
    readonly params: ModelCall;
  }): Promise<Result>;
}

/** The words of a message, without files, reasoning and calls of tools. */
export function textOf({ content }: Pick<PromptMessage, 'content'>): string {
  if (typeof content === 'string') return content.trim();
  return content
    .flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []))
    .join('\n')
    .trim();
}
