import type { LocalAws } from '../local/start-local-aws';

export interface Fault {
  service: string;
  operation: string;
  /** Calls that fail; all when absent. */
  count?: number;
  status?: number;
  code?: string;
  /** Name of the only resource that it is about. */
  resource?: string;
}

/** Does `work` while the local AWS refuses an operation, and takes that back whatever happens. */
export async function withFault<T>(aws: LocalAws, fault: Fault, work: () => Promise<T>): Promise<T> {
  const refusal = { status: 400, code: 'UnauthorizedOperation', message: 'not you' };
  const { id } = await aws.local<{ id: string }>('POST', 'faults', {
    ...{ ...refusal, count: null, resource: null, delayMs: 0 },
    ...fault,
  });
  try {
    return await work();
  } finally {
    await aws.local('DELETE', `faults/${id}`).catch((error: Error) => {
      // One that counts is gone when it has been used up.
      if (!error.message.includes('404')) throw error;
    });
  }
}
