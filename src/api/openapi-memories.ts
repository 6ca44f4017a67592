import { z } from 'zod';
import { limits } from '../memory/limits.ts';
import { type Endpoints, pageOf } from './openapi-endpoint.ts';
import {
  addMessagesBody,
  addTextBody,
  contextBody,
  emptyBody,
  listQuery,
  messagesQuery,
  removalQuery,
  searchBody,
  updateBody,
} from './schemas.ts';
import { addResult, batchResult, deleteResult, memory, memoryVersion, recallAnswers } from './schemas-answers.ts';
import { factsAnswer } from './schemas-knowledge-answers.ts';

export const add = z.union([addTextBody, addMessagesBody]);
/** Each item is checked by itself, so that one of the wrong shape is named (`parseBatch`). */
export const addBatch = z.strictObject({ items: z.array(add).meta({ maxItems: limits.itemsPerBatch }) });
export const { search: searchResult, context: contextResult } = recallAnswers(factsAnswer);
export const memoryPage = pageOf(memory);
export const versionList = pageOf(memoryVersion);

const oneMemory = { 200: { description: 'The memory.', schema: memory, headers: ['ETag'] } } as const;

export const memoryEndpoints: Endpoints = {
  'POST /v1/memories': {
    id: 'add',
    room: 'Memories',
    summary: 'Remember a text or a conversation',
    detail: 'Stored word for word, atomically, and found by its words the moment this answers.',
    scope: 'write',
    headers: ['Idempotency-Key'],
    body: { schema: add },
    answers: { 201: { description: 'Stored.', schema: addResult, headers: ['Location'] } },
  },
  'POST /v1/memories/batch': {
    id: 'addBatch',
    room: 'Memories',
    summary: 'Remember many at once',
    detail: 'Each item is atomic and has its own result.',
    scope: 'write',
    headers: ['Idempotency-Key'],
    body: { schema: addBatch },
    answers: { 200: { description: 'What became of each item.', schema: batchResult } },
  },
  'GET /v1/memories': {
    id: 'list',
    room: 'Memories',
    summary: 'List memories, newest first',
    scope: 'read',
    query: listQuery,
    answers: { 200: { description: 'A page.', schema: memoryPage } },
  },
  'GET /v1/memories/:id': {
    id: 'get',
    room: 'Memories',
    summary: 'Get one memory',
    scope: 'read',
    answers: oneMemory,
  },
  'PATCH /v1/memories/:id': {
    id: 'update',
    room: 'Memories',
    summary: 'Change a memory',
    detail: 'Makes a new version; the old one stays in the history.',
    scope: 'write',
    headers: ['If-Match'],
    body: { schema: updateBody },
    answers: oneMemory,
    problems: [409],
  },
  'DELETE /v1/memories/:id': {
    id: 'delete',
    room: 'Memories',
    summary: 'Archive or erase a memory',
    detail:
      'Archived, it is out of recall and can be restored. With `hard`, which needs the scope `erase`, it is gone.',
    scope: 'write',
    query: removalQuery,
    headers: ['If-Match'],
    answers: { 200: { description: 'What became of it.', schema: deleteResult } },
    problems: [409],
  },
  'GET /v1/memories/:id/history': {
    id: 'history',
    room: 'Memories',
    summary: 'Every version of a memory, oldest first',
    scope: 'read',
    answers: { 200: { description: 'All of them.', schema: versionList } },
  },
  'POST /v1/memories/:id/restore': {
    id: 'restore',
    room: 'Memories',
    summary: 'Bring an archived or invalidated memory back',
    scope: 'write',
    headers: ['Idempotency-Key'],
    body: { schema: emptyBody, isOptional: true },
    answers: oneMemory,
    problems: [409],
  },
  'GET /v1/sessions/:session/messages': {
    id: 'messages',
    room: 'Memories',
    summary: 'The last messages of a session',
    detail: 'In the order in which they were told; `next_cursor` leads to those before them.',
    scope: 'read',
    query: messagesQuery,
    answers: { 200: { description: 'A page.', schema: memoryPage } },
  },
  'POST /v1/search': {
    id: 'search',
    room: 'Recall',
    summary: 'Find memories',
    scope: 'read',
    body: { schema: searchBody },
    answers: { 200: { description: 'What was found, best first.', schema: searchResult } },
  },
  'POST /v1/context': {
    id: 'context',
    room: 'Recall',
    summary: 'What a search finds, as text for a prompt',
    detail: 'Within a limit of tokens. Never writes.',
    scope: 'read',
    body: { schema: contextBody },
    answers: { 200: { description: 'The text and what it names.', schema: contextResult } },
  },
};
