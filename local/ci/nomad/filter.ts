/** Filter expressions and pages of a list, as far as anybody here asks for them. */
import { type Reply, RequestError, type ServiceRequest } from '../../cloud/http-service';

/** `A == "x" and B != "y" or C == "z"`: of Nomad's language only comparisons of text. */
export function toFilter(expression: string): (item: Record<string, unknown>) => boolean {
  const ways = expression.split(' or ').map((way) =>
    way.split(' and ').map((text) => {
      const [, field = '', sign, value] = /^\s*(\w+) (==|!=) "([^"]*)"\s*$/.exec(text) ?? [];
      if (!sign) throw new RequestError(400, `failed to read filter expression: ${text}`);
      return (item: Record<string, unknown>) => (item[field] === value) === (sign === '==');
    }),
  );
  return (item) => ways.some((way) => way.every((holds) => holds(item)));
}

/** @param items each with an ID, by which the next page is named */
export function page(items: Record<string, unknown>[], { query }: ServiceRequest): Reply {
  const filter = query.get('filter');
  const wanted = filter ? items.filter(toFilter(filter)) : items;
  const size = Number(query.get('per_page') ?? 0) || wanted.length;
  const token = query.get('next_token');
  const from = token ? wanted.findIndex(({ ID }) => ID === token) : 0;
  if (from < 0) return { status: 400, body: `no such page: ${token}` };
  const next = wanted[from + size];
  return {
    status: 200,
    body: wanted.slice(from, from + size),
    headers: next ? { 'x-nomad-nexttoken': String(next.ID) } : {},
  };
}
