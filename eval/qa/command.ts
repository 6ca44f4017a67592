import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../../src/config.ts';
import { newTokenCounterLoader } from '../../src/models/token-counter.ts';
import { loadBeam } from '../datasets/beam.ts';
import { type Dataset, limitQuestions } from '../datasets/dataset.ts';
import { loadLocomo } from '../datasets/locomo.ts';
import { loadLongMemEval } from '../datasets/longmemeval.ts';
import { newProgress } from '../progress.ts';
import { newServerClient } from '../server/client.ts';
import { startServer } from '../server/process.ts';
import { answerQuestions, type QaInput } from './answer-questions.ts';
import { newCachedChat } from './cached-chat.ts';
import { type Chat, newChat } from './chat.ts';
import { openJournal } from './journal.ts';
import { newJudge } from './judge.ts';
import { qaReportOf, qaReportText } from './qa-report.ts';
import { type Reading, readings } from './reader-prompt.ts';

interface QaOptions {
  readonly readerUrl: string;
  readonly readerModel: string;
  readonly judgeUrl?: string;
  readonly judgeModel?: string;
  readonly keyEnv: string;
  readonly judgeKeyEnv?: string;
  /** False with --no-key. */
  readonly key: boolean;
  readonly journal?: string;
  readonly reading: Reading;
  readonly contextTokens: number;
  readonly readerTokens: number;
  readonly judgeTokens: number;
  readonly concurrency: number;
  readonly limitQuestions?: number;
  readonly again?: true;
  readonly json?: true;
}

const datasetNames = ['locomo', 'longmemeval', 'beam'] as const;
type DatasetName = (typeof datasetNames)[number];

/** `npm run eval -- qa ...`: how good the answers are that a model gives from what is found. */
export function newQaCommand(environment: Readonly<Record<string, string | undefined>> = process.env): Command {
  return new Command('qa')
    .description('Lets a model answer the questions from what is found, and judges the answers as the benchmark does.')
    .addArgument(new Argument('<dataset>').choices(datasetNames))
    .argument('<file>', 'the data set; for beam a folder')
    .requiredOption('--reader-url <url>', 'an OpenAI-compatible endpoint, up to and with /v1')
    .requiredOption('--reader-model <name>', 'the model that answers')
    .option('--judge-url <url>', 'the endpoint of the judge; that of the reader if left out')
    .option('--judge-model <name>', 'the model that judges; not needed for locomo, whose answers are compared by words')
    .option('--key-env <name>', 'the environment variable that holds the key', 'OPENAI_API_KEY')
    .option('--judge-key-env <name>', 'the same for the judge, if it has another')
    .option('--no-key', 'send no key; only to an endpoint of this machine or network')
    .option('--journal <file>', 'where replies and answers are kept; qa-<dataset>.jsonl if left out')
    .addOption(
      new Option('--reading <how>', 'plain, or notes: evidence as JSON, a note on each item first')
        .choices(readings)
        .default('plain'),
    )
    .option('--context-tokens <count>', 'evidence for one question', parseCount, 4_000)
    .option('--reader-tokens <count>', 'longest answer', parseCount, 800)
    .option('--judge-tokens <count>', 'longest verdict; a judge that thinks first needs more', parseCount, 10)
    .option('--concurrency <count>', 'questions at a time', parseCount, 4)
    .option('--limit-questions <count>', 'only the first so many', parseCount)
    .option('--again', 'answer again what the journal has answers to, as after a change of the retrieval')
    .option('--json', 'print one JSON object alone on stdout')
    .addHelpText(
      'after',
      `
Example:
  npm run eval -- qa longmemeval data/longmemeval_s.json --reader-url https://api.openai.com/v1 \\
    --reader-model gpt-4o-2024-08-06 --judge-model gpt-4o-2024-08-06

Texts of the data set are sent to the endpoints. A run that is interrupted goes on where it stopped when the same command is
given again; no request is paid twice.`,
    )
    .action((dataset: DatasetName, file: string, options: QaOptions) => runQa(dataset, file, options, environment));
}

async function runQa(
  name: DatasetName,
  file: string,
  options: QaOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  // Before anything is read or started: who lacks a key should know at once.
  const readerKey = keyFor(options.readerUrl, options.keyEnv, options.key, environment);
  const judgeUrl = options.judgeUrl ?? options.readerUrl;
  const judgeKey =
    options.judgeModel === undefined
      ? null
      : keyFor(judgeUrl, options.judgeKeyEnv ?? options.keyEnv, options.key, environment);
  if (options.judgeModel === undefined && name !== 'locomo') throw new Error(`${name} needs a judge: --judge-model.`);

  const dataset = limitQuestions(await load(name, file), options.limitQuestions ?? Number.POSITIVE_INFINITY);
  const counter = await newTokenCounterLoader()();
  const journal = await openJournal(options.journal ?? `qa-${name}.jsonl`);
  try {
    const cached = (url: string, model: string, apiKey: string | null): Chat =>
      newCachedChat(newChat({ url, model, apiKey, counter }), journal);
    const judgeChat = options.judgeModel === undefined ? null : cached(judgeUrl, options.judgeModel, judgeKey);
    const names = {
      reader: { url: options.readerUrl, model: options.readerModel, tokens: options.readerTokens },
      judge: judgeChat === null ? null : { url: judgeUrl, model: judgeChat.model, tokens: options.judgeTokens },
      reading: options.reading,
      context_tokens: options.contextTokens,
      embedder: { ...loadConfig({}, environment).embedder, apiKey: undefined },
    };
    const result = await answerQuestions({
      dataset,
      journal,
      counter,
      openServer,
      reader: cached(options.readerUrl, options.readerModel, readerKey),
      judge: newJudge({ dataset: name, chat: judgeChat, tokensMax: options.judgeTokens }),
      progress: newProgress(process.stderr),
      settings: {
        names,
        reading: options.reading,
        readerTokensMax: options.readerTokens,
        contextTokens: options.contextTokens,
        concurrency: options.concurrency,
        again: options.again === true,
      },
    });
    const report = qaReportOf(dataset, result, names);
    process.stdout.write(`${options.json ? JSON.stringify(report) : qaReportText(report)}\n`);
    if (result.failed.length > 0) process.exitCode = 1;
  } finally {
    await journal.close();
  }
}

/** @throws Error that says which variable is missing, or that a key must not be left out there. */
export function keyFor(
  url: string,
  variable: string,
  wanted: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  if (!URL.canParse(url)) throw new Error(`${url} is not a URL.`);
  const { hostname, protocol } = new URL(url);
  if (!/^https?:$/.test(protocol)) throw new Error(`${url} is neither http nor https.`);
  if (!wanted) {
    if (isNear(hostname)) return null;
    throw new Error(`--no-key is for an endpoint of this machine or network; ${hostname} is not one.`);
  }
  const key = environment[variable];
  if (key !== undefined && key !== '') return key;
  throw new Error(`${variable} is not set: it must hold the key for ${hostname}. For a local endpoint give --no-key.`);
}

/** This machine, a private network (RFC 1918, RFC 4193), or a name without a dot. */
function isNear(hostname: string): boolean {
  if (hostname.startsWith('[')) return /^\[(?:::1|f[cd][0-9a-f:]*)\]$/i.test(hostname);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(hostname)) return /^(?:127|10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./.test(hostname);
  return !hostname.includes('.') || /\.(?:local|localhost|internal)$/.test(hostname);
}

async function load(name: DatasetName, file: string): Promise<Dataset> {
  const options = { withoutEvidence: true };
  if (name === 'locomo') return loadLocomo(file, options);
  return name === 'beam' ? loadBeam(file, options) : loadLongMemEval(file, options);
}

const openServer: QaInput['openServer'] = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ecphory-qa-'));
  const { apiKey } = loadConfig();
  const server = await startServer({ directory, ...(apiKey !== null && { apiKey }) });
  const client = newServerClient(server);
  return {
    client,
    async close() {
      client.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return count;
}
