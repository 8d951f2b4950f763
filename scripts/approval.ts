import { ExpectedError } from './expected-error';

interface Question {
  /** What will be done. */
  what: string;
  environment: string;
  /** Value of APPROVE; where nobody can be asked, the name of the environment in it approves. */
  given: string | undefined;
  /** Asks the person at the terminal; absent when there is none. */
  ask?: ((question: string) => Promise<string>) | undefined;
}

/** @throws ExpectedError when it was not approved */
export async function verifyApproval({ what, environment, given, ask }: Question): Promise<void> {
  if (given === environment) return;
  const remedy = `APPROVE=${environment} approves without asking.`;
  if (given) throw new ExpectedError(`APPROVE=${given} does not name this environment. ${remedy}`);
  if (!ask) throw new ExpectedError(`${what} There is no terminal to ask for approval. ${remedy}`);
  const answer = await ask(`${what} Type ${environment} to go on: `);
  if (answer.trim() !== environment) throw new ExpectedError('Not approved, so nothing was changed.');
}
