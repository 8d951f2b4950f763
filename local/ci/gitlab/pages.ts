/** Pagination as GitLab does it: by page, or by keyset with a cursor in the Link header. */
import type { Reply, ServiceRequest } from '../../cloud/http-service';

const DEFAULT_PER_PAGE = 20;
const MOST_PER_PAGE = 100;

interface Numbered {
  id: number;
}

const toNumber = (text: string | null, fallback: number) => {
  const number = Number(text ?? fallback);
  return Number.isInteger(number) && number >= 1 ? number : fallback;
};

function linkTo(request: ServiceRequest, changes: Record<string, string>): string {
  const query = new URLSearchParams(request.query);
  for (const [key, value] of Object.entries(changes)) query.set(key, value);
  return `<http://${request.headers.host}${request.path}?${query}>; rel="next"`;
}

const cursorAfter = (id: number) => Buffer.from(JSON.stringify({ id, _kd: 'n' })).toString('base64');

/** The id that the page starts after; null: the first page, or a cursor that is none. */
function idInCursor(cursor: string | null): number | null {
  try {
    const { id } = JSON.parse(Buffer.from(cursor ?? '', 'base64').toString('utf8')) as { id: unknown };
    return typeof id === 'number' ? id : null;
  } catch {
    return null;
  }
}

/** One page of all rows, newest first unless `sort=asc`. */
export function toPage<T extends Numbered>(request: ServiceRequest, all: T[]): Reply {
  const { query } = request;
  const perPage = Math.min(toNumber(query.get('per_page'), DEFAULT_PER_PAGE), MOST_PER_PAGE);
  const direction = query.get('sort') === 'asc' ? 1 : -1;
  const rows = [...all].sort((one, other) => direction * (one.id - other.id));
  if (query.get('pagination') === 'keyset') {
    const after = idInCursor(query.get('cursor'));
    const rest = after === null ? rows : rows.filter(({ id }) => direction * (id - after) > 0);
    const body = rest.slice(0, perPage);
    const last = body.at(-1);
    const hasNext = last && rest.length > perPage;
    return {
      status: 200,
      body,
      headers: hasNext ? { link: linkTo(request, { cursor: cursorAfter(last.id) }) } : {},
    };
  }
  const page = toNumber(query.get('page'), 1);
  const hasNext = rows.length > page * perPage;
  return {
    status: 200,
    body: rows.slice((page - 1) * perPage, page * perPage),
    // No totals: large lists of the real one have none.
    headers: {
      'x-page': String(page),
      'x-per-page': String(perPage),
      'x-prev-page': page > 1 ? String(page - 1) : '',
      'x-next-page': hasNext ? String(page + 1) : '',
      ...(hasNext ? { link: linkTo(request, { page: String(page + 1), per_page: String(perPage) }) } : {}),
    },
  };
}
