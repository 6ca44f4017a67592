import { z } from 'zod';
import type { Dataset } from './datasets/dataset.ts';
import { type AddedConversations, type AnsweredQuestion, searchBody } from './evaluate.ts';
import type { Progress } from './progress.ts';
import type { ServerClient } from './server/client.ts';
import { mean } from './statistics.ts';
import { fixed, table } from './table.ts';

/** How much of the evidence a timeline about a question names, and a search with as many memories. */
export interface TimelineRecall {
  readonly n: number;
  readonly recall: number;
  readonly search: number;
  /** Means over questions. */
  readonly memories: number;
  readonly events: number;
}

const timelineSchema = z.object({ data: z.array(z.object({ at: z.string(), memory_id: z.string() })) });

/** Asks for a timeline with each question as its topic, of a server that holds the conversations. `rows` are its searches. */
export async function timelineRecall(
  dataset: Dataset,
  { turnsOf, rows }: Pick<AddedConversations, 'turnsOf'> & { readonly rows: readonly AnsweredQuestion[] },
  client: ServerClient,
  progress: Progress,
): Promise<Readonly<Record<string, TimelineRecall>>> {
  const asked = dataset.conversations.flatMap((conversation, position) =>
    conversation.questions.map((question) => ({ conversation, position, question })),
  );
  progress.start('Asking for timelines', asked.length);
  const found: { category: string; recall: number; search: number; memories: number; events: number }[] = [];
  for (const { conversation, position, question } of asked) {
    const { namespace, query } = searchBody(dataset, position, question);
    const address = `/v1/timeline?${new URLSearchParams({ namespace, topic: query })}`;
    const { data } = timelineSchema.parse((await client.get(address)).body);
    if (data.some(({ at }, index) => index > 0 && at < (data[index - 1]?.at ?? ''))) throw new Error('Out of order.');
    const turns = turnsOf.get(conversation);
    const told = new Set(data.flatMap(({ memory_id: id }) => turns?.get(id) ?? []));
    const row = rows.find((one) => one.question === question && one.conversation === conversation);
    const hits = new Set(row?.ranked.slice(0, told.size) ?? []);
    const gold = [...new Set(question.gold)];
    const share = (ids: ReadonlySet<string>): number => gold.filter((id) => ids.has(id)).length / gold.length;
    found.push({
      category: question.category.name,
      recall: share(told),
      search: share(hits),
      memories: told.size,
      events: data.length,
    });
    progress.advance();
  }
  progress.finish();
  const names = [...new Set(found.map(({ category }) => category))];
  return Object.fromEntries(
    names.map((name) => {
      const those = found.filter(({ category }) => category === name);
      const meanOf = (key: 'recall' | 'search' | 'memories' | 'events') => mean(those.map((one) => one[key]));
      const [recall, search, memories, events] = [
        meanOf('recall'),
        meanOf('search'),
        meanOf('memories'),
        meanOf('events'),
      ];
      return [name, { n: those.length, recall, search, memories, events }];
    }),
  );
}

/** The same for people. */
export function timelineTable(scores: Readonly<Record<string, TimelineRecall>>): string {
  return table(
    ['timeline', 'n', 'recall', 'search', 'memories', 'events'],
    Object.entries(scores).map(([name, { n, recall, search, memories, events }]) => [
      name,
      String(n),
      fixed(recall, 3),
      fixed(search, 3),
      fixed(memories, 1),
      fixed(events, 1),
    ]),
  );
}
