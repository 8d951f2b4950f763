/**
 * The part of GitHub's REST API that starting and removing self-hosted runners takes.
 *
 * Not octokit: its request gives back a body that broke off as if it were whole, and its parts retry on their own, so
 * that none of them could be held to a limit.
 */
import { createAppTokens } from './app-tokens';
import type { Question } from './ask';
import { createCaller, parseReply, type Reply } from './create-caller';
import { SHAPES, toRunner } from './shapes';
import { toError } from './to-error';
import type { Github, GithubOptions, Runner } from './types';

const BUDGET_MS = 60_000;
const PER_PAGE = 100;
/** The group that every repository has. */
const DEFAULT_GROUP = 1;
const MOST_RENEWALS = 3;
const RENEWAL_MS = 1_000;

/** Every method throws a GithubError, and nothing else. */
export function createGithub(options: GithubOptions): Github {
  const { clock, credentials, budgetMs = BUDGET_MS } = options;
  const call = createCaller(options);
  const tokens =
    credentials.kind === 'app'
      ? createAppTokens(credentials, { call, clock })
      : { read: async () => credentials.token, renew: async () => undefined };

  const begin = () => clock.now() + budgetMs;
  const send = async (
    repository: string,
    question: Question,
    accept: number[],
    until: number,
  ): Promise<Reply> => {
    let token = await tokens.read(repository, until);
    for (let renewals = 0; ; renewals += 1) {
      const reply = await call({ question, token, accept: [...accept, 401], until });
      if (reply.status !== 401) return reply;
      // It may have ended on the way; and a new one is not known to all of GitHub at once.
      const renewed = renewals < MOST_RENEWALS ? await tokens.renew(repository, until) : undefined;
      if (!renewed) throw toError(question, { kind: 'answer', ...reply }, credentials.kind);
      token = renewed;
      await clock.sleep(RENEWAL_MS * renewals, options.signal);
    }
  };
  const list = async (
    repository: string,
    filter: Record<string, string>,
    until: number,
  ): Promise<Runner[]> => {
    const found: Runner[] = [];
    for (let page = 1; ; page += 1) {
      const query = new URLSearchParams({ ...filter, per_page: `${PER_PAGE}`, page: `${page}` });
      const question: Question = { method: 'GET', path: `/repos/${repository}/actions/runners?${query}` };
      const reply = await send(repository, question, [200], until);
      const { runners } = parseReply(reply, SHAPES.runners, question);
      found.push(...runners.map(toRunner));
      if (runners.length < PER_PAGE) return found;
    }
  };
  /** The filter is young: a server that does not know it gives all. */
  const find = async (repository: string, name: string, until: number): Promise<Runner | null> =>
    (await list(repository, { name }, until)).find((runner) => runner.name === name) ?? null;
  /** GitHub answers 404 too when the token may not see the repository: then nothing is known. */
  const verifyAccess = async (repository: string, until: number) => {
    await send(
      repository,
      { method: 'GET', path: `/repos/${repository}/actions/runners?per_page=1` },
      [200],
      until,
    );
  };
  const remove = async (repository: string, id: number, until: number) => {
    const question: Question = { method: 'DELETE', path: `/repos/${repository}/actions/runners/${id}` };
    const { status } = await send(repository, question, [204, 404, 422], until);
    if (status === 204) return 'removed';
    if (status === 422) return 'busy';
    await verifyAccess(repository, until);
    return 'gone';
  };

  return {
    listRunners: (repository) => list(repository, {}, begin()),
    findRunner: (repository, name) => find(repository, name, begin()),
    removeRunner: (repository, id) => remove(repository, id, begin()),

    async readRunner(repository, id) {
      const question: Question = { method: 'GET', path: `/repos/${repository}/actions/runners/${id}` };
      const until = begin();
      const reply = await send(repository, question, [200, 404], until);
      if (reply.status !== 404) return toRunner(parseReply(reply, SHAPES.runner, question));
      await verifyAccess(repository, until);
      return null;
    },

    async mintRunner(repository, { name, labels, runnerGroupId = DEFAULT_GROUP }) {
      const until = begin();
      const question: Question = {
        method: 'POST',
        path: `/repos/${repository}/actions/runners/generate-jitconfig`,
        body: { name, runner_group_id: runnerGroupId, labels, work_folder: '_work' },
      };
      let reply = await send(repository, question, [201, 409], until);
      if (reply.status === 409 && reply.repeated) {
        // The answer that got lost had made it, and its configuration is lost with it.
        const lost = await find(repository, name, until);
        if (lost) await remove(repository, lost.id, until);
        reply = await send(repository, question, [201, 409], until);
      }
      if (reply.status === 409) throw toError(question, { kind: 'answer', ...reply }, credentials.kind);
      const { runner, encoded_jit_config } = parseReply(reply, SHAPES.jit, question);
      return { id: runner.id, encodedJitConfig: encoded_jit_config };
    },
  };
}
