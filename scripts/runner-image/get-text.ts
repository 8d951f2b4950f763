const TIMEOUT_MS = 15_000;

/** The text at an address. @throws Error with what stood in the way */
export async function getText(address: string): Promise<string> {
  const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error: Error & { cause?: Error }) => {
      throw new Error(`${address}: ${error.cause?.message ?? error.message}`, { cause: error });
    },
  );
  if (!response.ok) throw new Error(`${address}: status ${response.status}`);
  return response.text();
}
