/** What a user did wrong, or a server does not allow: told without a stack. */
export class Refused extends Error {}

/** One request to the API at NOMAD_ADDR, with NOMAD_TOKEN. */
export async function askApi(method: string, path: string, body?: unknown): Promise<unknown> {
  const { NOMAD_ADDR = 'http://127.0.0.1:4646', NOMAD_TOKEN } = process.env;
  const response = await fetch(`${NOMAD_ADDR}/v1/${path}`, {
    method,
    headers: NOMAD_TOKEN ? { 'x-nomad-token': NOMAD_TOKEN } : {},
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((cause: Error) => {
    throw new Refused(`Error querying the API: ${method} "${NOMAD_ADDR}/v1/${path}": ${cause.message}`);
  });
  const text = await response.text();
  if (!response.ok) throw new Refused(`Unexpected response code: ${response.status} (${text})`);
  return text ? JSON.parse(text) : undefined;
}

export async function readOwnNodeId(): Promise<string> {
  const { stats } = (await askApi('GET', 'agent/self')) as { stats: { client: { node_id: string } } };
  return stats.client.node_id;
}
