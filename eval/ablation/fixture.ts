import type { Conversation, Dataset, Question, Turn } from '../datasets/dataset.ts';

/** A small set of two kinds of conversation, for tests: people who chat, and a user with an assistant. */
export function smallDataset(): Dataset {
  return { name: 'small', skipped: {}, repaired: {}, conversations: [friends(), assistant()] };
}

function friends(): Conversation {
  const lines = [
    ['Ann', 'Hi Ben! I started pottery classes last week.'],
    ['Ben', 'Pottery? How did that come about?'],
    ['Ann', 'My sister Clara gave me a voucher for my birthday.'],
    ['Ben', 'Nice. I have been running along the river with my dog Rex.'],
    ['Ann', 'How far do you run?'],
    ['Ben', 'About ten kilometres, three times a week.'],
    ['Ann', 'I could never. My knee still hurts from skiing.'],
    ['Ben', 'When did you hurt your knee?'],
    ['Ann', 'In February, in the Alps, on the very first day.'],
    ['Ben', 'I am moving to Lisbon in May for a new job as a nurse.'],
  ];
  const turns = lines.map(([speaker, text], index) => turnOf(index, text ?? '', { speaker: speaker ?? null }));
  return {
    id: 'friends',
    sessions: [
      { isDialogue: true, turns: turns.slice(0, 6) },
      { isDialogue: true, turns: turns.slice(6) },
    ],
    questions: [
      questionOf('Which classes did Ann take up?', ['t0']),
      questionOf('Who gave Ann the voucher for pottery?', ['t2']),
      questionOf('How far does Ben run?', ['t5']),
      questionOf('When did Ann hurt her knee skiing?', ['t6', 't8']),
      questionOf('Where is Ben moving for his job?', ['t9']),
      questionOf('What is the name of the dog of Ben?', ['t3']),
    ],
  };
}

function assistant(): Conversation {
  const lines = [
    ['user', 'I am building a budget tracker in Flask. Always answer with code in Python.'],
    [
      'assistant',
      `Here is a plan for the tracker. ${'First we make the models, then the routes, then tests. '.repeat(9)}`,
    ],
    ['user', 'The first sprint ends on March 29, with user registration and login.'],
    ['assistant', `Noted. ${'A sprint of two weeks leaves room for registration, login and a review. '.repeat(9)}`],
    ['user', 'I want to add the columns category and notes to the table of transactions.'],
    ['assistant', `Use a migration. ${'Alembic writes the migration for the columns that are new. '.repeat(9)}`],
  ];
  const turns = lines.map(([role, text], index) =>
    turnOf(index, text ?? '', { role: role === 'user' ? 'user' : 'assistant' }),
  );
  return {
    id: 'assistant',
    sessions: [{ isDialogue: true, turns }],
    questions: [
      questionOf('When does my first sprint end?', ['t2']),
      questionOf('Which columns did I want to add to transactions?', ['t4']),
      questionOf('Could you show me how to implement login?', ['t0', 't2']),
      questionOf('Can you list in which order I brought up aspects of the tracker?', ['t0', 't2', 't4']),
    ],
  };
}

function turnOf(index: number, text: string, who: Partial<Pick<Turn, 'speaker' | 'role'>>): Turn {
  const timestamp = new Date(Date.UTC(2024, 2, 1, 12, index)).toISOString();
  return { id: `t${index}`, text, speaker: null, role: null, timestamp, ...who };
}

function questionOf(text: string, gold: readonly string[]): Question {
  return {
    id: text,
    text,
    category: { name: 'all', number: null },
    gold,
    answer: null,
    askedAt: '2024-06-01T00:00:00.000Z',
  };
}
