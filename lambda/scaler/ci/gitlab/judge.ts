import type { Judge } from '../ask';

/** What GitLab's documented error bodies mean; of their text only what GitLab itself has written, cut short. */
export const judge: Judge = (status, text) => {
  if (status === 401) return { problem: 'token-refused', seen: 'status 401' };
  const { error, scope, message } = toError(text);
  if (status === 403 && error === 'insufficient_scope')
    return { problem: 'scope-missing', seen: `status 403, the token needs one of the scopes: ${scope}` };
  if (status === 403) return { problem: 'access-missing', seen: `status 403 ${message}`.trim() };
  return status === 404 ? { problem: 'project-missing', seen: `status 404 ${message}`.trim() } : undefined;
};

function toError(text: string): { error: string; scope: string; message: string } {
  const none = { error: '', scope: 'read_api', message: '' };
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return none;
    const { error, scope, message } = body as Record<string, unknown>;
    const say = (value: unknown) => (typeof value === 'string' ? value.slice(0, 80) : '');
    return { error: say(error), scope: say(scope) || none.scope, message: say(message) };
  } catch {
    return none;
  }
}
