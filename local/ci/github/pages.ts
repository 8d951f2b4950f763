/** Pages as GitHub's REST API cuts them: a total, and the other pages in the Link header. */
import type { Reply, ServiceRequest } from '../../cloud/http-service';

const DEFAULT_PER_PAGE = 30;
const MOST_PER_PAGE = 100;

const toNumber = (text: string | null, fallback: number) => {
  const number = Number(text ?? fallback);
  return Number.isInteger(number) && number >= 1 ? number : fallback;
};

function linkTo({ query, headers, path }: ServiceRequest, page: number, rel: string): string {
  const changed = new URLSearchParams(query);
  changed.set('page', String(page));
  return `<http://${headers.host}${path}?${changed}>; rel="${rel}"`;
}

/** @param name of the list in the answer, beside `total_count` */
export function toPage(request: ServiceRequest, name: string, rows: object[]): Reply {
  const perPage = Math.min(toNumber(request.query.get('per_page'), DEFAULT_PER_PAGE), MOST_PER_PAGE);
  const page = toNumber(request.query.get('page'), 1);
  const last = Math.max(Math.ceil(rows.length / perPage), 1);
  const links = [
    ...(page > 1 ? [linkTo(request, page - 1, 'prev')] : []),
    ...(page < last ? [linkTo(request, page + 1, 'next'), linkTo(request, last, 'last')] : []),
    ...(page > 1 ? [linkTo(request, 1, 'first')] : []),
  ];
  return {
    status: 200,
    body: { total_count: rows.length, [name]: rows.slice((page - 1) * perPage, page * perPage) },
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  };
}
