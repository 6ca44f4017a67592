/** The door of `ecphory/langchain`: what needs `@langchain/core` and nothing else. */
export { EcphoryChatHistory, type EcphoryChatHistoryOptions } from './chat-history.ts';
export { type EmbedderDetails, embedderOf, embeddingsOf } from './embeddings.ts';
export { EcphoryRetriever, type EcphoryRetrieverOptions, type RetrievedMetadata } from './retriever.ts';
export { type CallRuntime, type LangChainToolsOptions, newMemoryTools } from './tools.ts';
