import { z } from 'zod';
import { answerSchema, checkShape, cleanText, type Dataset, newTally, type Question, readJson } from './dataset.ts';

/** HotpotQA's rows, which are 2WikiMultihopQA's too. */
const factRowsSchema = z.array(
  z
    .object({
      _id: z.string(),
      question: z.string(),
      answer: answerSchema.nullish(),
      type: z.string().default('unknown'),
      supporting_facts: z.array(z.tuple([z.string(), z.number()])),
      context: z.array(z.tuple([z.string(), z.array(z.string())])).default([]),
      // Triples of a knowledge base, which HotpotQA has none of.
      evidences: z.unknown().optional(),
    })
    .transform(
      (row): Row => ({
        id: row._id,
        question: row.question,
        answer: row.answer ?? null,
        category: row.type,
        evidence: [...new Set(row.supporting_facts.map(([title]) => title))].map((title) => ({
          title,
          // HotpotQA's sentences begin with the space between them, 2WikiMultihopQA's do not.
          texts: row.context
            .filter(([name]) => name === title)
            .flatMap(([, sentences]) => [sentences.join(''), sentences.join(' ')]),
        })),
        from: row.evidences === undefined ? 'hotpotqa' : '2wikimultihopqa',
      }),
    ),
);

const musiqueRowsSchema = z.array(
  z
    .object({
      id: z.string(),
      question: z.string(),
      answer: answerSchema.nullish(),
      paragraphs: z.array(z.object({ title: z.string(), paragraph_text: z.string(), is_supporting: z.boolean() })),
    })
    .transform(
      (row): Row => ({
        id: row.id,
        question: row.question,
        answer: row.answer ?? null,
        // Of `3hop1__…` the digit behind says how the hops hang together, not how many there are.
        category: /^\d+hop/.exec(row.id)?.[0] ?? 'unknown',
        evidence: row.paragraphs
          .filter((paragraph) => paragraph.is_supporting)
          .map(({ title, paragraph_text }) => ({ title, texts: [paragraph_text] })),
        from: 'musique',
      }),
    ),
);

const isMusique = z.tuple([z.object({ paragraphs: z.array(z.unknown()) })]).rest(z.unknown());

interface Row {
  readonly id: string;
  readonly question: string;
  readonly answer: string | null;
  readonly category: string;
  readonly evidence: readonly Evidence[];
  /** The benchmark that the row's form gives away. */
  readonly from: string;
}

interface Evidence {
  readonly title: string;
  /** Ways in which the corpus may write the passage; none where the row does not hold it. */
  readonly texts: readonly string[];
}

/** Title to sentences: no title comes twice. */
const titledCorpusSchema = z.record(z.string(), z.array(z.string()));
/** Titles come again: MuSiQue has several paragraphs of one page. */
const listedCorpusSchema = z.array(z.object({ title: z.string(), text: z.string() }));

interface Corpus {
  readonly passages: readonly Passage[];
  /** The passage's id, if the corpus has it. */
  readonly find: (evidence: Evidence) => string | undefined;
  readonly duplicates: number;
}

interface Passage {
  readonly id: string;
  readonly text: string;
}

/**
 * Questions that take several passages, in the form HippoRAG published: HotpotQA (Yang et al. 2018), MuSiQue (Trivedi et
 * al. 2022) and 2WikiMultihopQA (Ho et al. 2020), the passages of all questions in one corpus. A passage is one memory
 * of title and text; the evidence is the supporting passages; the hop count or type is the category.
 */
export async function loadHotpotQa(questionsPath: string, corpusPath: string): Promise<Dataset> {
  return parseHotpotQa(await readJson(questionsPath, z.unknown()), await readJson(corpusPath, z.unknown()));
}

export function parseHotpotQa(questionsJson: unknown, corpusJson: unknown): Dataset {
  const skipped = newTally();
  const repaired = newTally();
  const corpus = Array.isArray(corpusJson) ? listedCorpus(corpusJson) : titledCorpus(corpusJson);
  if (corpus.duplicates > 0) repaired.add('passage more than once in the corpus', corpus.duplicates);
  const sessions = corpus.passages.map((passage) => ({
    isDialogue: false,
    turns: [{ ...passage, speaker: null, role: null, timestamp: null }],
  }));
  const rows = parseRows(questionsJson);
  const questions = rows.flatMap((row): Question[] => {
    const found = row.evidence.flatMap((evidence) => corpus.find(evidence) ?? []);
    const lacking = row.evidence.length - found.length;
    if (lacking > 0) repaired.add('supporting passage not in the corpus', lacking);
    if (found.length === 0) {
      skipped.add('no supporting passage in the corpus');
      return [];
    }
    return [
      {
        id: row.id,
        text: cleanText(row.question),
        category: { name: row.category, number: null },
        gold: [...new Set(found)],
        answer: row.answer,
        askedAt: null,
      },
    ];
  });
  const conversations = [{ id: 'corpus', sessions, questions }];
  const name = rows[0]?.from ?? 'hotpotqa';
  return { name, conversations, skipped: skipped.counts(), repaired: repaired.counts() };
}

function parseRows(json: unknown): readonly Row[] {
  return isMusique.safeParse(json).success
    ? checkShape('musique questions', json, musiqueRowsSchema)
    : checkShape('hotpotqa questions', json, factRowsSchema);
}

/** Found by title. */
function titledCorpus(json: unknown): Corpus {
  const corpus = checkShape('hotpotqa corpus', json, titledCorpusSchema);
  return {
    passages: Object.entries(corpus).map(([title, sentences]) => ({
      id: title,
      text: passageText(title, sentences.join('')),
    })),
    find: ({ title }) => (Object.hasOwn(corpus, title) ? title : undefined),
    duplicates: 0,
  };
}

/** Found by title and text together: a title alone could mean a paragraph that supports nothing. */
function listedCorpus(json: unknown): Corpus {
  const rows = checkShape('multi-hop corpus', json, listedCorpusSchema);
  const ids = new Map<string, string>();
  for (const [position, { title, text }] of rows.entries()) {
    const whole = passageText(title, text);
    if (!ids.has(whole)) ids.set(whole, `${position + 1} ${title}`);
  }
  return {
    passages: [...ids].map(([text, id]) => ({ id, text })),
    find: ({ title, texts }) => texts.map((text) => ids.get(passageText(title, text))).find((id) => id !== undefined),
    duplicates: rows.length - ids.size,
  };
}

function passageText(title: string, text: string): string {
  return cleanText(`${title}\n${text}`);
}
