/** Settings as the file in a Lambda's package: written at synthesis, read at cold start, checked on both sides. */
// `* as z`: the named export `z` would bring all languages of zod along, 400 KB.
import * as z from 'zod/mini';

export function settingsText<Schema extends z.ZodMiniType>(schema: Schema, lambda: string) {
  return {
    serialize: (value: z.infer<Schema>): string => `${JSON.stringify(schema.parse(value), null, 2)}\n`,
    parse(text: string): z.infer<Schema> {
      const result = schema.safeParse(JSON.parse(text));
      if (result.success) return result.data;
      throw new Error(
        `settings.json does not fit this ${lambda}: ${z.prettifyError(result.error)}. Deploy again.`,
      );
    },
  };
}
