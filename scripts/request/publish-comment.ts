import { RefusedError } from './call';
import type { Forge } from './forge';

/** Replaces our comment on the request, or makes it. @returns what was done */
export async function publishComment(
  forge: Forge,
  request: number,
  marker: string,
  body: string,
): Promise<'updated' | 'created'> {
  const ours = (await forge.listComments(request)).filter((comment) => comment.body.startsWith(marker));
  for (const { id } of ours) {
    try {
      await forge.updateComment(request, id, body);
      return 'updated';
    } catch (error) {
      // Somebody else wrote the marker into a comment of theirs, or deleted ours just now.
      if (!(error instanceof RefusedError) || ![403, 404].includes(error.status)) throw error;
    }
  }
  await forge.createComment(request, body);
  return 'created';
}
