import type { Json } from '../memory/episode.ts';
import { exampleOf } from './docs-example.ts';
import { docsScript } from './docs-script.ts';
import { docsStyle } from './docs-style.ts';

type Schema = { readonly [key: string]: Json };

/** The parts of a document that the page shows. */
interface Shown {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Content }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

/** The reference page: one file that needs nothing else, readable without its script. */
export function docsPage(document: { readonly [key: string]: Json }): string {
  const shown = document as unknown as Shown;
  const calls = Object.entries(shown.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const rooms = shown.tags.map(({ name }) => ({
    name,
    calls: calls.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const { title, version, description } = shown.info;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)} API</title><link rel="icon" href="data:,"><style>${docsStyle}</style></head><body>
<header><h1>${text(title)} API <small>${text(version)}</small></h1>
<input id="page-search" type="search" placeholder="Search (/)" aria-label="Search">
<input id="page-key" type="password" placeholder="API key, to try calls" aria-label="API key" autocomplete="off" spellcheck="false">
<button id="page-look" type="button" title="Light or dark" aria-label="Light or dark">&#9680;</button></header>
<div class="frame"><nav aria-label="Calls">${rooms.map(roomLinks).join('')}</nav><main>
<p>${prose(description)}</p><p><a href="/openapi.json">openapi.json</a></p>
${rooms.map((room) => roomCalls(room, shown)).join('')}
</main></div><script>${docsScript}</script></body></html>
`;
}

interface Room {
  readonly name: string;
  readonly calls: readonly Call[];
}

interface Call {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

function roomLinks({ name, calls }: Room): string {
  const links = calls.map(
    ({ operation: { operationId, summary } }) => `<a href="#${text(operationId)}">${text(summary)}</a>`,
  );
  return `<h2 data-room="${text(name)}">${text(name)}</h2>${links.join('')}`;
}

function roomCalls({ name, calls }: Room, shown: Shown): string {
  return `<h2 data-room="${text(name)}">${text(name)}</h2>${calls.map((call) => callCard(name, call, shown)).join('')}`;
}

function callCard(room: string, { path, method, operation }: Call, shown: Shown): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const words = `${method} ${path} ${operationId} ${summary} ${description}`.toLowerCase();
  const [bodyType = '', body] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const problems = Object.keys(responses).filter((status) => !status.startsWith('2'));
  return `<details class="call" id="${text(operationId)}" data-in="${text(room)}" data-words="${text(words)}">
<summary><b class="${method}">${method}</b><code>${text(path)}</code><span>${text(summary)}</span></summary><div class="inside">
<p>${prose(description)}</p>
${parameters.length === 0 ? '' : `<h3>Parameters</h3>${parameterTable(parameters)}`}
${body === undefined ? '' : `<h3>Body</h3><p><code>${text(bodyType)}</code></p>${fieldTable(body.schema, shown)}`}
${answers.map(([status, answer]) => answerPart(status, answer, shown)).join('')}
<p class="soft">Problems: ${problems.join(', ')}</p>
${tryOut({ path, method, operation }, shown)}</div></details>`;
}

function answerPart(status: string, answer: Operation['responses'][string], shown: Shown): string {
  const [[type, { schema }] = ['', { schema: {} }]] = Object.entries(answer.content ?? {});
  const isJson = type === 'application/json';
  const what = isJson ? fieldTable(schema, shown) : `<p><code>${text(type)}</code></p>`;
  return `<h3>${status}: ${text(answer.description ?? '')}</h3>${what}`;
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(({ name, in: place, required, description = '', schema = {} }) => {
    const kind = `${place}, ${typeOf(schema)}${boundsOf(schema)}${required === true ? ', needed' : ''}`;
    return `<tr><td><code>${text(name)}</code><br><em>${text(kind)}</em></td><td>${prose(description)}</td></tr>`;
  });
  return `<table>${rows.join('')}</table>`;
}

/** The fields of an object, one level deep below each name: what is deeper is opened by hand. */
function fieldTable(given: Schema, shown: Shown, depth = 0): string {
  const schema = resolved(given, shown);
  const choices = (schema.anyOf ?? schema.oneOf) as readonly Schema[] | undefined;
  const real = choices?.filter((choice) => choice.type !== 'null');
  if (real !== undefined && real.length > 1 && real.some((choice) => isCompound(resolved(choice, shown)))) {
    return real.map((choice) => fieldTable(choice, shown, depth)).join('<p class="soft">or</p>');
  }
  if (real?.length === 1 && real[0] !== undefined) return fieldTable(real[0], shown, depth);
  if (schema.type === 'array') return fieldTable((schema.items ?? {}) as Schema, shown, depth);
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Schema>>;
  const needed = (schema.required ?? []) as readonly string[];
  const rows = Object.entries(properties).map(([name, field]) => {
    const inner = isCompound(resolved(field, shown)) && depth < 4 ? fieldTable(field, shown, depth + 1) : '';
    const kind = `${typeOf(field)}${boundsOf(field)}${needed.includes(name) || field.default !== undefined ? '' : ', may be left out'}`;
    const more = inner === '' ? '' : `<details><summary class="soft">fields</summary>${inner}</details>`;
    const said = prose(typeof field.description === 'string' ? field.description : '');
    return `<tr><td><code>${text(name)}</code><br><em>${text(kind)}</em></td><td>${said}${more}</td></tr>`;
  });
  return rows.length === 0 ? '' : `<table>${rows.join('')}</table>`;
}

function tryOut({ path, method, operation }: Call, shown: Shown): string {
  const fields = operation.parameters.map(({ name, in: place, required, schema }) => {
    const first = (schema?.examples as readonly Json[] | undefined)?.[0];
    const value = required === true && typeof first === 'string' ? first : '';
    return `<label><span>${text(name)}</span><input name="${text(name)}" data-place="${text(place)}" value="${text(value)}"></label>`;
  });
  const [bodyType = '', body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const example = bodyType === 'application/json' ? exampleOf(body?.schema ?? {}, shown.components.schemas) : '';
  const given = example === '' ? '' : JSON.stringify(example, null, 2);
  const area =
    body === undefined
      ? ''
      : `<textarea aria-label="Body" data-type="${text(bodyType)}" spellcheck="false">${text(given)}</textarea>`;
  return `<details><summary class="soft">Try it</summary><form data-method="${method}" data-path="${text(path)}">
${fields.join('')}${area}<p><button>Send</button></p><pre><output>Nothing sent yet.</output></pre></form></details>`;
}

function isCompound(schema: Schema): boolean {
  return ['properties', 'items', 'anyOf', 'oneOf'].some((name) => Object.hasOwn(schema, name));
}

function typeOf(schema: Schema): string {
  if (typeof schema.$ref === 'string') return schema.$ref.split('/').at(-1) ?? '';
  const choices = (schema.anyOf ?? schema.oneOf) as readonly Schema[] | undefined;
  if (choices !== undefined) return choices.map(typeOf).join(' or ');
  if (Array.isArray(schema.enum)) return schema.enum.join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === 'array') return `list of ${typeOf((schema.items ?? {}) as Schema)}`;
  return typeof schema.type === 'string' ? schema.type : 'anything';
}

/** What of its bounds fits on a line; those that come of how numbers are kept say nothing. */
function boundsOf({ minimum, maximum, maxLength, maxItems, default: byDefault }: Schema): string {
  const isBound = typeof minimum === 'number' && typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER;
  const parts = [
    ...(isBound ? [` ${minimum} to ${maximum}`] : []),
    ...(typeof maxLength === 'number' ? [` of at most ${maxLength} characters`] : []),
    ...(typeof maxItems === 'number' ? [`, at most ${maxItems}`] : []),
    ...(byDefault === undefined ? [] : [`, ${JSON.stringify(byDefault)} if left out`]),
  ];
  return parts.join('');
}

function resolved(schema: Schema, shown: Shown): Schema {
  if (typeof schema.$ref !== 'string') return schema;
  return shown.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {};
}

/** Escaped, with `code` and paragraphs. */
function prose(words: string): string {
  return text(words)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll('\n\n', '<br>');
}

function text(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
