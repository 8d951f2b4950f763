import { createInterface } from 'node:readline/promises';

/** Asks the person at the terminal; absent where there is none. */
export function askerOf(input: NodeJS.ReadStream, output: NodeJS.WriteStream) {
  if (!input.isTTY) return undefined;
  return async (question: string): Promise<string> => {
    const line = createInterface({ input, output });
    try {
      return await line.question(question);
    } finally {
      line.close();
    }
  };
}
