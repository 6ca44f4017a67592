import { z } from 'zod';
import type { SleepSettings } from './consolidation/sleep-schedule.ts';
import { limits } from './memory/limits.ts';
import type { EmbedderSettings } from './models/open-embedder.ts';
import type { LanguageModelSettings } from './models/open-language-model.ts';
import type { RerankerSettings } from './models/open-reranker.ts';
import { personalKinds, type SensitiveKind, secretKinds, sensitiveKinds } from './redaction/detector.ts';

/** How the server is to run. The only reader of the environment; flags of the command line win over it. */
export interface Config {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Path of the database file. */
  readonly database: string;
  /** A key made elsewhere that must be accepted; null to make one at the first start. */
  readonly apiKey: string | null;
  /** Host names under which MCP answers beside this machine's own, such as that of a proxy. */
  readonly allowedHosts: readonly string[];
  readonly embedder: EmbedderSettings;
  readonly reranker: RerankerSettings;
  /** What consolidation asks beside its rules. */
  readonly model: LanguageModelSettings;
  /** Whether `ecphory serve` consolidates; otherwise jobs wait until `ecphory worker` or a server with it on runs. */
  readonly consolidation: 'on' | 'off';
  /** When passes over whole scopes run by themselves; null: only when somebody asks. */
  readonly sleep: SleepSettings | null;
  /** `off` does not wait for the disk: for measuring what that costs, never for memories. */
  readonly synchronous: 'full' | 'off';
  /** Whose addresses are served beside our own: `mem0` for clients of mem0 whose host is this server. */
  readonly compat: 'mem0' | null;
  /** Whether webhooks may lead to this machine and its network, and be plain http: for one's own receivers. */
  readonly isWebhookPrivateAllowed: boolean;
  /** What becomes of secrets and personal data in what is to be stored; null: every text is kept as it came. */
  readonly redaction: { readonly mode: 'redact' | 'reject'; readonly kinds: ReadonlySet<SensitiveKind> } | null;
  /** Requests of one key; null for as many as come. */
  readonly rateLimit: { readonly requestsPerSecond: number; readonly burst: number } | null;
  /** Who may see `/metrics`. */
  readonly metrics: 'key' | 'open' | 'off';
  /** Whether it is put down who read and wrote what. */
  readonly audit: 'on' | 'off';
  readonly logLevel: (typeof logLevels)[number];
}

/** Flags as they were typed. */
export interface ConfigFlags {
  readonly host?: string;
  readonly port?: string;
  readonly database?: string;
  readonly compat?: string;
}

/** One line that names the variable or flag and says what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);

const kindsOf: Readonly<Record<string, readonly SensitiveKind[]>> = {
  secrets: secretKinds,
  personal: personalKinds,
  ...Object.fromEntries(sensitiveKinds.map((kind) => [kind, [kind]])),
};

/** For a million tokens. */
const price = z
  .string()
  .regex(/^\d{1,6}(?:\.\d{1,6})?$/)
  .transform(Number);

const variables = z.object({
  ECPHORY_HOST: z.string().default('127.0.0.1'),
  ECPHORY_PORT: wholeNumber(0, 65_535).default(8787),
  ECPHORY_DATABASE: z.string().default('./data/ecphory.db'),
  ECPHORY_API_KEY: z
    .string()
    .regex(/^ecphory_[0-9A-Za-z]{8,32}_[0-9A-Za-z]{43,128}$/)
    .optional(),
  ECPHORY_ALLOWED_HOSTS: z
    .string()
    .regex(/^[A-Za-z0-9.[\]:-]+(?:,[A-Za-z0-9.[\]:-]+)*$/)
    .transform((names) => names.toLowerCase().split(','))
    .optional(),
  ECPHORY_EMBEDDER: z.enum(['hashed', 'static', 'local', 'openai', 'off']).default('hashed'),
  ECPHORY_EMBEDDER_MODEL: z.string().optional(),
  ECPHORY_EMBEDDER_PATH: z.string().optional(),
  ECPHORY_EMBEDDER_BASE_URL: z.url({ protocol: /^https?$/ }).default('https://api.openai.com/v1'),
  ECPHORY_EMBEDDER_API_KEY: z.string().optional(),
  ECPHORY_EMBEDDER_DIMENSIONS: wholeNumber(1, 4_096).optional(),
  ECPHORY_RERANKER: z.enum(['off', 'local']).default('off'),
  ECPHORY_RERANKER_MODEL: z.string().optional(),
  ECPHORY_RERANKER_PATH: z.string().optional(),
  ECPHORY_CONSOLIDATION: z.enum(['on', 'off']).default('on'),
  ECPHORY_SCHEDULE: z
    .string()
    .regex(/^(?:off|(?:[01]\d|2[0-3]):[0-5]\d)$/)
    .default('03:00'),
  ECPHORY_MODEL: z.string().max(256).optional(),
  ECPHORY_MODEL_BASE_URL: z.url({ protocol: /^https?$/ }).default('https://api.openai.com/v1'),
  ECPHORY_MODEL_API_KEY: z.string().optional(),
  ECPHORY_MODEL_TIMEOUT_MS: wholeNumber(1_000, 600_000).default(limits.modelTimeoutMs),
  ECPHORY_MODEL_TOKENS_PER_DAY: z
    .string()
    .regex(/^[1-9]\d{2,11}$/)
    .transform(Number)
    .default(limits.modelTokensPerDay),
  ECPHORY_MODEL_INPUT_PRICE: price.optional(),
  ECPHORY_MODEL_OUTPUT_PRICE: price.optional(),
  ECPHORY_SYNCHRONOUS: z.enum(['full', 'off']).default('full'),
  ECPHORY_COMPAT: z.enum(['mem0', 'off']).default('off'),
  ECPHORY_WEBHOOK_ALLOW_PRIVATE: z.enum(['true', 'false']).default('false'),
  ECPHORY_REDACTION: z.enum(['allow', 'redact', 'reject']).default('allow'),
  ECPHORY_REDACTION_KINDS: z
    .string()
    .transform((names) => names.split(',').map((name) => name.trim()))
    .refine((names) => names.every((name) => kindsOf[name] !== undefined))
    .transform((names) => new Set(names.flatMap((name) => kindsOf[name] ?? [])))
    .default(new Set(sensitiveKinds)),
  ECPHORY_RATE_LIMIT: z.union([z.literal('off'), wholeNumber(1, 100_000)]).default(limits.requestsPerSecond),
  ECPHORY_METRICS: z.enum(['key', 'open', 'off']).default('key'),
  ECPHORY_AUDIT: z.enum(['on', 'off']).default('on'),
  ECPHORY_LOG_LEVEL: z.enum(logLevels).default('info'),
});
type Values = z.infer<typeof variables>;
type Variable = keyof Values;

const allowed: Readonly<Record<Variable, string>> = {
  ECPHORY_HOST: 'an address to listen on, such as 127.0.0.1',
  ECPHORY_PORT: 'a whole number from 0 (any free port) to 65535',
  ECPHORY_DATABASE: 'the path of a file',
  ECPHORY_API_KEY: 'ecphory_<id of 8 to 32 letters and digits>_<secret of 43 or more random letters and digits>',
  ECPHORY_ALLOWED_HOSTS: 'host names without ports, joined by commas, such as memory.example.com,10.0.0.5',
  ECPHORY_EMBEDDER: 'hashed, static, local, openai or off',
  ECPHORY_EMBEDDER_MODEL: 'the name of a model',
  ECPHORY_EMBEDDER_PATH: 'the path of a folder with the model',
  ECPHORY_EMBEDDER_BASE_URL: 'an http or https address, such as http://127.0.0.1:11434/v1',
  ECPHORY_EMBEDDER_API_KEY: 'a key of the embedding endpoint',
  ECPHORY_EMBEDDER_DIMENSIONS: 'a whole number from 1 to 4096',
  ECPHORY_RERANKER: 'off or local',
  ECPHORY_RERANKER_MODEL: 'the name of a cross-encoder',
  ECPHORY_RERANKER_PATH: 'the path of a folder with the cross-encoder',
  ECPHORY_CONSOLIDATION: 'on or off',
  ECPHORY_SCHEDULE: 'the time of day (UTC) at which nightly passes begin, such as 03:00, or off',
  ECPHORY_MODEL: 'the name of a language model, or nothing for rules alone',
  ECPHORY_MODEL_BASE_URL: 'an http or https address, such as http://127.0.0.1:11434/v1',
  ECPHORY_MODEL_API_KEY: 'a key of the endpoint of the language model',
  ECPHORY_MODEL_TIMEOUT_MS: 'a whole number from 1000 to 600000',
  ECPHORY_MODEL_TOKENS_PER_DAY: 'a whole number from 100 to 999999999999',
  ECPHORY_MODEL_INPUT_PRICE: 'the price of a million tokens, such as 0.15',
  ECPHORY_MODEL_OUTPUT_PRICE: 'the price of a million tokens, such as 0.60',
  ECPHORY_SYNCHRONOUS: 'full (or off, for benchmarks only)',
  ECPHORY_COMPAT: 'mem0 or off',
  ECPHORY_WEBHOOK_ALLOW_PRIVATE: 'true or false',
  ECPHORY_REDACTION: 'allow, redact or reject',
  ECPHORY_REDACTION_KINDS: `secrets, personal, or any of ${sensitiveKinds.join(', ')}, joined by commas`,
  ECPHORY_RATE_LIMIT: 'requests of one key in a second, a whole number from 1 to 100000, or off',
  ECPHORY_METRICS: 'key, open or off',
  ECPHORY_AUDIT: 'on or off',
  ECPHORY_LOG_LEVEL: logLevels.join(', '),
};

/** @throws ConfigError at the first value that is not allowed */
export function loadConfig(
  flags: ConfigFlags = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const given: Readonly<Record<string, string | undefined>> = {
    ...environment,
    ...(flags.host !== undefined && { ECPHORY_HOST: flags.host }),
    ...(flags.port !== undefined && { ECPHORY_PORT: flags.port }),
    ...(flags.database !== undefined && { ECPHORY_DATABASE: flags.database }),
    ...(flags.compat !== undefined && { ECPHORY_COMPAT: flags.compat }),
  };
  // An empty variable is one that was not set, as container files write it.
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
  const result = variables.safeParse(present);
  if (!result.success) throw new ConfigError(complaint(result.error.issues[0]?.path[0], present, flags));
  const values = result.data;
  return {
    host: values.ECPHORY_HOST,
    port: values.ECPHORY_PORT,
    database: values.ECPHORY_DATABASE,
    apiKey: values.ECPHORY_API_KEY ?? null,
    allowedHosts: values.ECPHORY_ALLOWED_HOSTS ?? [],
    embedder: embedderOf(values),
    reranker: rerankerOf(values),
    model: modelOf(values),
    consolidation: values.ECPHORY_CONSOLIDATION,
    sleep: sleepOf(values.ECPHORY_SCHEDULE),
    synchronous: values.ECPHORY_SYNCHRONOUS,
    compat: values.ECPHORY_COMPAT === 'off' ? null : values.ECPHORY_COMPAT,
    isWebhookPrivateAllowed: values.ECPHORY_WEBHOOK_ALLOW_PRIVATE === 'true',
    redaction:
      values.ECPHORY_REDACTION === 'allow'
        ? null
        : { mode: values.ECPHORY_REDACTION, kinds: values.ECPHORY_REDACTION_KINDS },
    rateLimit: rateLimitOf(values.ECPHORY_RATE_LIMIT),
    metrics: values.ECPHORY_METRICS,
    audit: values.ECPHORY_AUDIT,
    logLevel: values.ECPHORY_LOG_LEVEL,
  };
}

function sleepOf(time: string): SleepSettings | null {
  if (time === 'off') return null;
  const [hours, minutes] = time.split(':').map(Number);
  return { nightAtMs: ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000 };
}

/** What a command that talks to a running server needs. */
export interface ClientConfig {
  /** As it was given, not checked. */
  readonly url: string;
  /** The flag or variable that gave it, for messages. */
  readonly urlFrom: string;
  /** Null when there is none. */
  readonly apiKey: string | null;
  readonly namespace: string;
}

/** Flags as they were typed. */
export interface ClientFlags {
  readonly url?: string;
  readonly key?: string;
  readonly namespace?: string;
}

/** A flag wins over the environment, that over the default. @throws ConfigError for a key that no header can carry */
export function loadClientConfig(
  flags: ClientFlags = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ClientConfig {
  const apiKey = (flags.key ?? environment.ECPHORY_API_KEY) || null;
  if (apiKey !== null && !/^[\x21-\x7e]{1,256}$/.test(apiKey)) {
    const name = flags.key === undefined ? 'ECPHORY_API_KEY' : '--key';
    throw new ConfigError(`${name} is not in the right form; allowed: ${allowed.ECPHORY_API_KEY}.`);
  }
  return {
    url: (flags.url ?? environment.ECPHORY_URL) || 'http://127.0.0.1:8787',
    urlFrom: flags.url === undefined ? 'ECPHORY_URL' : '--url',
    apiKey,
    namespace: (flags.namespace ?? environment.ECPHORY_NAMESPACE) || 'default',
  };
}

/**
 * Whether the environment wants colours (https://no-color.org, https://force-color.org); null when it does not say, and
 * a terminal gets them.
 */
export function wantsColour(environment: Readonly<Record<string, string | undefined>> = process.env): boolean | null {
  const { NO_COLOR: no, FORCE_COLOR: force, TERM: terminal } = environment;
  if (no !== undefined && no !== '') return false;
  if (force !== undefined && force !== '') return !['0', 'false'].includes(force);
  return terminal === 'dumb' ? false : null;
}

function embedderOf(values: Values): EmbedderSettings {
  const { ECPHORY_EMBEDDER_MODEL: model, ECPHORY_EMBEDDER_PATH: path } = values;
  const { ECPHORY_EMBEDDER_API_KEY: apiKey, ECPHORY_EMBEDDER_DIMENSIONS: dimensions } = values;
  switch (values.ECPHORY_EMBEDDER) {
    case 'off':
      return { kind: 'off' };
    case 'hashed':
      return { kind: 'hashed', ...(dimensions !== undefined && { dimensions }) };
    case 'static':
      return { kind: 'static', folder: needed(path, 'ECPHORY_EMBEDDER_PATH', 'ECPHORY_EMBEDDER=static') };
    case 'local':
      // A folder with the model, or its name on the hub.
      return { kind: 'local', model: needed(path ?? model, 'ECPHORY_EMBEDDER_MODEL', 'ECPHORY_EMBEDDER=local') };
    case 'openai':
      return {
        kind: 'openai',
        model: needed(model, 'ECPHORY_EMBEDDER_MODEL', 'ECPHORY_EMBEDDER=openai'),
        baseUrl: values.ECPHORY_EMBEDDER_BASE_URL,
        ...(apiKey !== undefined && { apiKey }),
        ...(dimensions !== undefined && { dimensions }),
      };
  }
}

function rerankerOf(values: Values): RerankerSettings {
  const { ECPHORY_RERANKER_MODEL: model, ECPHORY_RERANKER_PATH: path } = values;
  switch (values.ECPHORY_RERANKER) {
    case 'off':
      return { kind: 'off' };
    case 'local':
      return { kind: 'local', model: needed(path ?? model, 'ECPHORY_RERANKER_MODEL', 'ECPHORY_RERANKER=local') };
  }
}

function modelOf(values: Values): LanguageModelSettings {
  const { ECPHORY_MODEL: model, ECPHORY_MODEL_API_KEY: apiKey } = values;
  if (model === undefined) return { kind: 'off' };
  const { ECPHORY_MODEL_INPUT_PRICE: input, ECPHORY_MODEL_OUTPUT_PRICE: output } = values;
  return {
    kind: 'openai',
    model,
    baseUrl: values.ECPHORY_MODEL_BASE_URL,
    timeoutMs: values.ECPHORY_MODEL_TIMEOUT_MS,
    tokensPerDay: values.ECPHORY_MODEL_TOKENS_PER_DAY,
    prices: input === undefined && output === undefined ? null : { input: input ?? 0, output: output ?? 0 },
    ...(apiKey !== undefined && { apiKey }),
  };
}

function rateLimitOf(requestsPerSecond: number | 'off'): Config['rateLimit'] {
  if (requestsPerSecond === 'off') return null;
  return { requestsPerSecond, burst: requestsPerSecond * limits.requestBurstSeconds };
}

function needed(value: string | undefined, name: Variable, by: string): string {
  if (value !== undefined) return value;
  throw new ConfigError(`${name} is not set; ${by} needs it: ${allowed[name]}.`);
}

const flagOf: Readonly<Partial<Record<Variable, keyof ConfigFlags>>> = {
  ECPHORY_HOST: 'host',
  ECPHORY_PORT: 'port',
  ECPHORY_DATABASE: 'database',
  ECPHORY_COMPAT: 'compat',
};

function complaint(
  name: PropertyKey | undefined,
  given: Record<string, string | undefined>,
  flags: ConfigFlags,
): string {
  const variable = Object.keys(allowed).find((candidate): candidate is Variable => candidate === name);
  if (variable === undefined) return 'The configuration is not valid.';
  const flag = flagOf[variable];
  const shown = flag !== undefined && flags[flag] !== undefined ? `--${flag}` : variable;
  // A key is a secret even when it is malformed.
  const value = variable.endsWith('_KEY') ? 'not in the right form' : JSON.stringify(given[variable]);
  return `${shown} is ${value}; allowed: ${allowed[variable]}.`;
}
