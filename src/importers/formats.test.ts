import { describe, expect, test } from 'vitest';
import { importFormats, parserOf } from './formats.ts';

const json = JSON.stringify;

describe('a mem0 export', () => {
  const memory = {
    id: 'm1',
    memory: 'Likes tea.',
    user_id: 'alice',
    run_id: 'r1',
    metadata: { source: 'chat' },
    categories: ['food', 'food'],
    created_at: '2024-07-26T10:29:36.630547-07:00',
    expiration_date: '2024-12-31',
  };
  const unit = {
    tags: ['food'],
    metadata: { source: 'chat' },
    sessionId: 'r1',
    messages: [{ content: 'Likes tea.', timestamp: '2024-07-26T17:29:36.630Z' }],
    owner: { user_id: 'alice', run_id: 'r1' },
    validity: { invalidAt: '2025-01-01T00:00:00.000Z' },
  };

  test.each([
    ['a list', json([memory])],
    ['results', json({ results: [memory] })],
    ['memories', json({ memories: [memory] })],
    ['one alone', json(memory)],
  ])('is read as %s', (_, text) => {
    expect(parserOf.mem0(text)).toEqual({ units: [unit], skipped: [] });
  });

  test('is read a line a memory, with the names of the client too', () => {
    const lines = `${json(memory)}\n${json({ text: 'Likes cake.', userId: 'bob' })}\n${json({ id: 'm3' })}\n`;
    expect(parserOf.mem0(lines)).toEqual({
      units: [unit, { messages: [{ content: 'Likes cake.' }], owner: { user_id: 'bob' } }],
      skipped: [{ at: '/2', why: 'It has no text under "memory".' }],
    });
  });
});

describe('a Letta agent file', () => {
  const said = (role: string, text: string, more: object = {}) => ({
    role,
    content: [{ type: 'text', text }],
    created_at: '2025-10-31T22:56:56.459100+00:00',
    ...more,
  });
  const messages = [
    said('system', 'You are Sam.'),
    said('user', json({ type: 'user_message', message: 'My dog is Rex.', time: 'now' })),
    said('user', json({ type: 'heartbeat', reason: 'go on' })),
    said('assistant', 'I should greet.', {
      tool_calls: [{ function: { name: 'send_message', arguments: json({ message: 'Hello, Rex!' }) } }],
    }),
    said('assistant', 'Searching.', { tool_calls: [{ function: { name: 'search', arguments: '{}' } }] }),
    said('tool', 'ok'),
    said('assistant', 'Plainly said.'),
  ];
  const timestamp = '2025-10-31T22:56:56.459Z';
  const conversation = {
    sessionId: `letta sam ${timestamp}`,
    metadata: { letta_agent: 'sam' },
    messages: [
      { role: 'user', content: 'My dog is Rex.', timestamp },
      { role: 'assistant', content: 'Hello, Rex!', timestamp },
      { role: 'assistant', content: 'Plainly said.', timestamp },
    ],
  };
  const block = {
    tags: ['human'],
    metadata: { letta_block: 'human' },
    messages: [{ content: 'First name: Chad' }],
  };

  test('gives its blocks and what was said, without prompts, thoughts and tools', () => {
    const file = {
      agents: [{ name: 'sam', messages }],
      blocks: [
        { label: 'human', value: '\nFirst name: Chad\n' },
        { label: 'persona', value: ' ' },
      ],
    };
    const { units, skipped } = parserOf.letta(json(file));
    expect(units).toEqual([block, conversation]);
    expect(skipped.map(({ at }) => at)).toEqual([0, 2, 4, 5].map((n) => `/agents/0/messages/${n}`));
  });

  test('is read in its older shape', () => {
    const file = { name: 'sam', core_memory: [{ label: 'human', value: 'First name: Chad' }], messages };
    expect(parserOf.letta(json(file)).units).toEqual([block, conversation]);
  });
});

describe('a graph of Graphiti or Zep', () => {
  test('gives episodes, entities with a summary, and facts with their times', () => {
    const file = {
      edges: [
        {
          uuid: 'e1',
          name: 'LIVES_IN',
          fact: 'Alice lives in Bonn.',
          source_node_uuid: 'n1',
          target_node_uuid: 'n2',
          valid_at: '2020-01-01T00:00:00Z',
          invalid_at: null,
          expired_at: '2023-05-01T00:00:00Z',
        },
        { uuid: 'e2', fact: '' },
      ],
      nodes: [
        { uuid: 'n1', name: 'Alice', labels: ['Entity', 'Person'], summary: 'A chess player.' },
        { uuid: 'n2', name: 'Bonn', summary: '' },
      ],
      episodes: [{ content: 'Alice: I moved.', valid_at: '2020-01-02T03:04:05Z', group_id: 'g', source: 'message' }],
    };
    expect(parserOf.graphiti(json(file))).toEqual({
      units: [
        {
          metadata: { graph_group: 'g' },
          messages: [{ content: 'Alice: I moved.', timestamp: '2020-01-02T03:04:05.000Z' }],
        },
        {
          tags: ['Entity', 'Person'],
          metadata: { graph_id: 'n1', entity: 'Alice' },
          messages: [{ content: 'Alice: A chess player.' }],
        },
        {
          metadata: { graph_id: 'e1', relation: 'LIVES_IN', subject: 'Alice', object: 'Bonn' },
          messages: [{ content: 'Alice lives in Bonn.', timestamp: '2020-01-01T00:00:00.000Z' }],
          validity: { validAt: '2020-01-01T00:00:00.000Z', invalidAt: '2023-05-01T00:00:00.000Z' },
        },
      ],
      skipped: [
        { at: '/nodes/1', why: 'It has no text.' },
        { at: '/edges/1', why: 'It has no text.' },
      ],
    });
  });

  test('gives the messages of a thread by who said them', () => {
    const file = { messages: [{ role: 'Jane', role_type: 'user', content: 'Hi.', thread_id: 't' }] };
    expect(parserOf.graphiti(json(file)).units).toEqual([
      { sessionId: 't', metadata: {}, messages: [{ content: 'Hi.', role: 'user', name: 'Jane' }] },
    ]);
  });
});

describe('a file of server-memory', () => {
  test('gives each observation with its entity, and each relation', () => {
    const lines = [
      json({ type: 'entity', name: 'John_Smith', entityType: 'person', observations: ['Speaks Spanish', ''] }),
      '',
      json({ type: 'relation', from: 'John_Smith', to: 'Anthropic', relationType: 'works_at' }),
      json({ type: 'entity', name: 'Nobody', entityType: 'person', observations: [] }),
      '{broken',
    ];
    expect(parserOf['server-memory'](lines.join('\n'))).toEqual({
      units: [
        {
          tags: ['person'],
          metadata: { entity: 'John_Smith', entity_type: 'person' },
          messages: [{ content: 'John_Smith: Speaks Spanish' }],
        },
        {
          metadata: { subject: 'John_Smith', relation: 'works_at', object: 'Anthropic' },
          messages: [{ content: 'John_Smith works at Anthropic' }],
        },
      ],
      skipped: [
        { at: 'line 4', why: 'The entity has no observation.' },
        { at: 'line 5', why: 'It is not JSON.' },
      ],
    });
  });
});

describe('a ChatGPT export', () => {
  const node = (id: string, parent: string | null, role: string, parts: unknown[], more: object = {}) => ({
    [id]: {
      id,
      parent,
      children: [],
      message: {
        author: { role },
        create_time: 1_715_176_560.5,
        content: { content_type: 'text', parts },
        recipient: 'all',
        metadata: {},
        ...more,
      },
    },
  });

  test('gives the branch that was last shown, and only what was said', () => {
    const conversation = {
      title: 'Trip',
      conversation_id: 'c1',
      current_node: 'f',
      mapping: {
        root: { id: 'root', message: null, parent: null, children: ['a'] },
        ...node('a', 'root', 'system', [''], { metadata: { is_visually_hidden_from_conversation: true } }),
        ...node('b', 'a', 'user', ['Where to?']),
        ...node('retry', 'b', 'assistant', ['A first try.']),
        ...node('c', 'b', 'assistant', ['search("x")'], { recipient: 'browser' }),
        ...node('d', 'c', 'tool', ['a page']),
        ...node('e', 'd', 'assistant', ['To Lisbon.']),
        ...node('f', 'e', 'user', [{ asset_pointer: 'file' }, 'Like this?'], {
          content: { content_type: 'multimodal_text', parts: [{ asset_pointer: 'file' }, 'Like this?'] },
        }),
      },
    };
    const timestamp = '2024-05-08T13:56:00.500Z';
    expect(parserOf.chatgpt(json([conversation, { title: 'Empty', mapping: {} }]))).toEqual({
      units: [
        {
          sessionId: 'chatgpt c1',
          metadata: { conversation_title: 'Trip' },
          messages: [
            { role: 'user', content: 'Where to?', timestamp },
            { role: 'assistant', content: 'To Lisbon.', timestamp },
            { role: 'user', content: 'Like this?', timestamp },
          ],
        },
      ],
      skipped: [{ at: '/1', why: 'Nothing was said in it.' }],
    });
  });

  test('a tree that runs in a circle ends', () => {
    const mapping = { ...node('a', 'b', 'user', ['One.']), ...node('b', 'a', 'user', ['Two.']) };
    const { units } = parserOf.chatgpt(json([{ id: 'c', current_node: 'a', mapping }]));
    expect(units[0]?.messages).toHaveLength(2);
  });
});

describe('a Claude export', () => {
  test('gives what was said and pasted, without thoughts', () => {
    const conversation = {
      uuid: 'u1',
      name: 'Taxes',
      chat_messages: [
        {
          sender: 'human',
          text: 'See this.',
          content: [{ type: 'text', text: 'See this.' }],
          created_at: '2025-01-02T03:04:05.678901Z',
          attachments: [{ file_name: 'note.txt', extracted_content: 'Due in May.' }],
        },
        {
          sender: 'assistant',
          text: 'flattened',
          content: [
            { type: 'thinking', thinking: 'hm', text: 'hm' },
            { type: 'text', text: 'In May.' },
            { type: 'tool_use', name: 'x' },
          ],
        },
        { sender: 'human', text: 'Thanks.', content: [] },
        { sender: 'system', text: 'no' },
      ],
    };
    const timestamp = '2025-01-02T03:04:05.678Z';
    expect(parserOf.claude(json([conversation])).units).toEqual([
      {
        sessionId: 'claude u1',
        metadata: { conversation_title: 'Taxes' },
        messages: [
          { role: 'user', content: 'note.txt:\nDue in May.', timestamp },
          { role: 'user', content: 'See this.', timestamp },
          { role: 'assistant', content: 'In May.' },
          { role: 'user', content: 'Thanks.' },
        ],
      },
    ]);
  });
});

describe('every format', () => {
  test.each(importFormats.map((format) => [format]))('%s refuses what is no file of it', (format) => {
    for (const text of ['', 'PK\u0003\u0004', 'not json', '{"other": 1}', '"text"', '17']) {
      expect(() => parserOf[format](text), text).toThrow(expect.objectContaining({ code: 'invalid' }));
    }
  });

  test.each(importFormats.map((format) => [format]))('%s drops from a text only what no text can hold', (format) => {
    const texts: Record<string, object> = {
      mem0: [{ memory: 'a\0b\ud800' }],
      letta: { blocks: [{ value: 'a\0b\ud800' }] },
      graphiti: { facts: [{ fact: 'a\0b\ud800' }] },
      'server-memory': { type: 'entity', name: 'n', observations: ['a\0b\ud800'] },
      chatgpt: [{ mapping: node('a\0b\ud800') }],
      claude: [{ chat_messages: [{ sender: 'human', text: 'a\0b\ud800' }] }],
    };
    const { units } = parserOf[format](json(texts[format]));
    expect(units[0]?.messages[0]?.content).toBe(format === 'server-memory' ? 'n: ab\ufffd' : 'ab\ufffd');
  });

  function node(text: string) {
    const message = { author: { role: 'user' }, content: { content_type: 'text', parts: [text] } };
    return { a: { message, parent: null, children: [] } };
  }
});
