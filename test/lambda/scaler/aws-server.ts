import { type Served, serve } from './serve';

export type Params = Record<string, string>;
/** Answers one call: the result as XML or JSON, or an error. */
export type Answer =
  | { xml: string }
  /** The whole answer, of a service that wraps it differently. */
  | { raw: string }
  | { json: unknown; status?: number }
  | { status: number; code: string }
  | 'hang';

/** A server that speaks the query API of Auto Scaling and the JSON API of Secrets Manager, as far as the scaler needs them. */
export async function serveAws(answer: (params: Params) => Answer): Promise<Served & { calls: Params[] }> {
  const calls: Params[] = [];
  const server = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const target = request.headers['x-amz-target'];
      const params: Params =
        typeof target === 'string'
          ? { Action: target, ...JSON.parse(body) }
          : Object.fromEntries(new URLSearchParams(body));
      calls.push(params);
      const reply = answer(params);
      if (reply === 'hang') return;
      const action = params.Action;
      if ('json' in reply)
        response
          .writeHead(reply.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify(reply.json));
      else if ('raw' in reply) response.writeHead(200, { 'content-type': 'text/xml' }).end(reply.raw);
      else if ('xml' in reply)
        response
          .writeHead(200, { 'content-type': 'text/xml' })
          .end(`<${action}Response><${action}Result>${reply.xml}</${action}Result></${action}Response>`);
      else
        response
          .writeHead(reply.status, { 'content-type': 'text/xml' })
          .end(
            `<ErrorResponse><Error><Code>${reply.code}</Code><Message>said so</Message></Error></ErrorResponse>`,
          );
    });
  });
  return { ...server, calls };
}

/** The names of the groups that a call asks for. */
export const namesOf = (params: Params): string[] =>
  Object.entries(params)
    .filter(([key]) => key.startsWith('AutoScalingGroupNames.member.'))
    .map(([, value]) => value);

const member = (xml: string) => `<member>${xml}</member>`;

export const groupXml = (
  name: string,
  given: { states?: string[]; tag?: string; status?: string; isProtected?: boolean; onDemand?: number } = {},
): string =>
  member(`
    <AutoScalingGroupName>${name}</AutoScalingGroupName>
    <DesiredCapacity>4</DesiredCapacity><MinSize>0</MinSize><MaxSize>9</MaxSize>
    ${given.status ? `<Status>${given.status}</Status>` : ''}
    ${
      given.onDemand === undefined
        ? ''
        : `<MixedInstancesPolicy><InstancesDistribution>
            <OnDemandBaseCapacity>0</OnDemandBaseCapacity>
            <OnDemandPercentageAboveBaseCapacity>${given.onDemand}</OnDemandPercentageAboveBaseCapacity>
            <SpotInstancePools>2</SpotInstancePools><SpotMaxPrice></SpotMaxPrice>
            <SpotAllocationStrategy>price-capacity-optimized</SpotAllocationStrategy>
          </InstancesDistribution></MixedInstancesPolicy>`
    }
    <SuspendedProcesses>${member('<ProcessName>AZRebalance</ProcessName>')}</SuspendedProcesses>
    <Instances>${(given.states ?? [])
      .map((state, i) =>
        member(`<InstanceId>i-${i}</InstanceId><LifecycleState>${state}</LifecycleState>
          <ProtectedFromScaleIn>${given.isProtected ?? false}</ProtectedFromScaleIn>`),
      )
      .join('')}</Instances>
    <Tags>${given.tag ? member(`<Key>muster:scaler</Key><Value>${given.tag}</Value>`) : ''}${member(
      '<Key>muster:fleet</Key><Value>linux</Value>',
    )}</Tags>`);

export const groupsXml = (groups: string[], next?: string): string =>
  `<AutoScalingGroups>${groups.join('')}</AutoScalingGroups>${next ? `<NextToken>${next}</NextToken>` : ''}`;

export const activityXml = (
  minute: number,
  code: string,
  description = 'Launching a new EC2 instance: i-1',
): string =>
  member(`<Description>${description}</Description><StatusCode>${code}</StatusCode><StatusMessage>because</StatusMessage>
    <StartTime>2026-11-18T12:0${minute}:00Z</StartTime>${
      code === 'InProgress' ? '' : `<EndTime>2026-11-18T12:0${minute}:30Z</EndTime>`
    }`);
