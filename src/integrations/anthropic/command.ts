import { z } from 'zod';

/** What a model may say to the tool, as Anthropic documents it. */
export const commandSchema = z.discriminatedUnion('command', [
  z.object({
    command: z.literal('view'),
    path: z.string(),
    view_range: z.array(z.number().int()).optional(),
  }),
  z.object({ command: z.literal('create'), path: z.string(), file_text: z.string() }),
  z.object({
    command: z.literal('str_replace'),
    path: z.string(),
    old_str: z.string(),
    /** Models leave it out to take something away. */
    new_str: z.string().optional(),
  }),
  z.object({
    command: z.literal('insert'),
    path: z.string(),
    insert_line: z.number(),
    insert_text: z.string(),
  }),
  z.object({ command: z.literal('delete'), path: z.string() }),
  z.object({ command: z.literal('rename'), old_path: z.string(), new_path: z.string() }),
]);

export type CommandOf = z.infer<typeof commandSchema>;
