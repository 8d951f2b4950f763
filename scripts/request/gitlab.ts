import { type Api, call, listAll } from './call';
import type { Comment, Forge } from './forge';

interface Project {
  api: Api;
  /** Number, or path with slashes. */
  project: string;
}

/** https://docs.gitlab.com/api/notes/: comments on a merge request are its notes. */
export function gitlab({ api, project }: Project): Forge {
  const at = `/projects/${encodeURIComponent(project)}`;
  return {
    limit: 1_000_000,
    readTargetBranch: async (request) =>
      (await call<{ target_branch: string }>(api, 'GET', `${at}/merge_requests/${request}`)).body
        .target_branch,
    listComments: (request) =>
      listAll<Comment>(api, `${at}/merge_requests/${request}/notes?per_page=100&sort=asc`),
    createComment: async (request, body) => {
      await call(api, 'POST', `${at}/merge_requests/${request}/notes`, { body });
    },
    updateComment: async (request, id, body) => {
      await call(api, 'PUT', `${at}/merge_requests/${request}/notes/${id}`, { body });
    },
    findRequest: async (branch) => {
      const path = `${at}/merge_requests?state=opened&source_branch=${encodeURIComponent(branch)}`;
      const [first] = (await call<{ iid: number; web_url: string }[]>(api, 'GET', path)).body;
      return first && { number: first.iid, url: first.web_url };
    },
    openRequest: async ({ branch, target, title, body }) => {
      const request = { source_branch: branch, target_branch: target, title, description: body };
      return (await call<{ web_url: string }>(api, 'POST', `${at}/merge_requests`, request)).body.web_url;
    },
  };
}
