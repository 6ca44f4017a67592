import { z } from 'zod';
import { answerSchema, checkShape, cleanText, type Dataset, newTally, type Question, readJson } from './dataset.ts';

const questionsSchema = z.array(
  z.object({
    _id: z.string(),
    question: z.string(),
    answer: answerSchema.nullish(),
    type: z.string().default('unknown'),
    supporting_facts: z.array(z.tuple([z.string(), z.number()])),
  }),
);

/** Title to sentences. */
const corpusSchema = z.record(z.string(), z.array(z.string()));

/**
 * HotpotQA (Yang et al. 2018) in the form HippoRAG published: questions, and the passages of all of them in one
 * corpus. A passage is one memory of title and text; the evidence is the supporting titles; the hop type is the category.
 */
export async function loadHotpotQa(questionsPath: string, corpusPath: string): Promise<Dataset> {
  return parseHotpotQa(await readJson(questionsPath, z.unknown()), await readJson(corpusPath, z.unknown()));
}

export function parseHotpotQa(questionsJson: unknown, corpusJson: unknown): Dataset {
  const skipped = newTally();
  const repaired = newTally();
  const corpus = checkShape('hotpotqa corpus', corpusJson, corpusSchema);
  const sessions = Object.entries(corpus).map(([title, sentences]) => ({
    isDialogue: false,
    turns: [
      { id: title, text: cleanText(`${title}\n${sentences.join('')}`), speaker: null, role: null, timestamp: null },
    ],
  }));
  const questions = checkShape('hotpotqa questions', questionsJson, questionsSchema).flatMap((row): Question[] => {
    const titles = [...new Set(row.supporting_facts.map(([title]) => title))];
    const gold = titles.filter((title) => Object.hasOwn(corpus, title));
    if (gold.length < titles.length) repaired.add('supporting title not in the corpus', titles.length - gold.length);
    if (gold.length === 0) {
      skipped.add('no supporting passage in the corpus');
      return [];
    }
    return [
      {
        id: row._id,
        text: cleanText(row.question),
        category: { name: row.type, number: null },
        gold,
        answer: row.answer ?? null,
        askedAt: null,
      },
    ];
  });
  const conversations = [{ id: 'corpus', sessions, questions }];
  return { name: 'hotpotqa', conversations, skipped: skipped.counts(), repaired: repaired.counts() };
}
