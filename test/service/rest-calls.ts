import type { HttpServer } from './http-server.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export interface RestCalls {
  /** Sends JSON with the key of the first tenant, unless `headers` say otherwise. */
  call(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
  /** Adds a text and gives its id. */
  add(namespace: string, text: string, more?: object): Promise<string>;
}

export function newRestCalls(server: () => HttpServer): RestCalls {
  return { call, add };

  async function call(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(server().url + path, {
      method,
      headers: {
        Authorization: `Bearer ${server().key}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Answer['body'] };
  }

  async function add(namespace: string, text: string, more: object = {}): Promise<string> {
    const { body } = await call('POST', '/v1/memories', { namespace, text, ...more });
    return (body.memories as { id: string }[])[0]!.id;
  }
}
