import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';
import { docsPage } from './docs-page.ts';
import { docsScript } from './docs-script.ts';
import { docsStyle } from './docs-style.ts';
import { openApiDocument } from './openapi.ts';

/**
 * `/openapi.json` and `/docs`, for everyone: they say what Ecphory's source says and nothing of what is stored. Made at the
 * first request, and the same ever after.
 */
export function newDocumentRoutes(about: { readonly version: string }): Readonly<Record<string, RequestHandler>> {
  let made: { readonly json: string; readonly page: string } | null = null;
  return {
    '/openapi.json': (_request, response) => {
      send(response, 'application/json; charset=utf-8', documents().json);
    },
    '/docs': (_request, response) => {
      response.setHeader('Content-Security-Policy', pagePolicy);
      // Links from the page lead nowhere, but a key may be typed into it.
      response.setHeader('Referrer-Policy', 'no-referrer');
      send(response, 'text/html; charset=utf-8', documents().page);
    },
  };

  function documents() {
    if (made === null) {
      const document = openApiDocument(about);
      made = { json: JSON.stringify(document), page: docsPage(document) };
    }
    return made;
  }
}

/** One script and one style, known by their hashes; requests go to this server alone. */
const pagePolicy = [
  "default-src 'none'",
  `script-src '${sourceHash(docsScript)}'`,
  `style-src '${sourceHash(docsStyle)}'`,
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function sourceHash(source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`;
}

function send(response: Parameters<RequestHandler>[1], type: string, text: string): void {
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
