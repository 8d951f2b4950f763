import { type Api, call, listAll } from './call';
import type { Comment, Forge } from './forge';

interface Repository {
  api: Api;
  /** owner/name. */
  repository: string;
}

/** https://docs.github.com/rest/issues/comments: comments on a pull request are those of its issue. */
export function github({ api, repository }: Repository): Forge {
  const at = `/repos/${repository}`;
  return {
    limit: 65_536,
    readTargetBranch: async (request) =>
      (await call<{ base: { ref: string } }>(api, 'GET', `${at}/pulls/${request}`)).body.base.ref,
    listComments: (request) => listAll<Comment>(api, `${at}/issues/${request}/comments?per_page=100`),
    createComment: async (request, body) => {
      await call(api, 'POST', `${at}/issues/${request}/comments`, { body });
    },
    updateComment: async (_request, id, body) => {
      await call(api, 'PATCH', `${at}/issues/comments/${id}`, { body });
    },
    findRequest: async (branch) => {
      const owner = repository.split('/')[0];
      const path = `${at}/pulls?state=open&head=${encodeURIComponent(`${owner}:${branch}`)}`;
      const [first] = (await call<{ number: number; html_url: string }[]>(api, 'GET', path)).body;
      return first && { number: first.number, url: first.html_url };
    },
    openRequest: async ({ branch, target, title, body }) => {
      const request = { head: branch, base: target, title, body };
      return (await call<{ html_url: string }>(api, 'POST', `${at}/pulls`, request)).body.html_url;
    },
  };
}
