import type { Json } from '../memory/episode.ts';

type Schema = { readonly [key: string]: Json };

/** A value that a JSON schema of the document takes: what must be there, from its examples where it has any. */
export function exampleOf(given: Schema, named: Readonly<Record<string, Schema>>): Json {
  const schema = typeof given.$ref === 'string' ? (named[given.$ref.split('/').at(-1) ?? ''] ?? {}) : given;
  const [example] = (schema.examples ?? []) as readonly Json[];
  if (example !== undefined) return example;
  if (schema.const !== undefined) return schema.const;
  const [choice] = (schema.anyOf ?? schema.oneOf ?? []) as readonly Schema[];
  if (choice !== undefined) return exampleOf(choice, named);
  const [first] = (schema.enum ?? []) as readonly Json[];
  if (first !== undefined) return first;
  switch (schema.type) {
    case 'object': {
      const fields = (schema.properties ?? {}) as Readonly<Record<string, Schema>>;
      const needed = (schema.required ?? []) as readonly string[];
      return Object.fromEntries(needed.map((name) => [name, exampleOf(fields[name] ?? {}, named)]));
    }
    case 'array':
      return [exampleOf((schema.items ?? {}) as Schema, named)];
    case 'integer':
    case 'number':
      return (schema.minimum as number | undefined) ?? 1;
    case 'boolean':
      return true;
    case 'string':
      return 'Ana moved to Lisbon.';
    default:
      return null;
  }
}
