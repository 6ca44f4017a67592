export { type MemoryMiddleware, type MemoryMiddlewareOptions, memoryMiddleware } from './middleware.ts';
export { type AiSdkTool, type AiSdkToolsOptions, newMemoryTools } from './tools.ts';
