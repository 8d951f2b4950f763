/** Entry: the least of a local AWS that machines need, for tests of machines alone. State is what tests put in. */
import { answerByRoute, jsonBody, type Route, startService } from '../../local/cloud/http-service';

const instances = new Map<string, Record<string, unknown>>();
const stopped: Record<string, unknown> = {};

const routes: Route[] = [
  ['GET', /^\/$/, () => ({ status: 200, body: {} })],
  [
    'POST',
    /^\/$/,
    () => ({
      status: 200,
      body:
        '<AssumeRoleResponse><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>example</SecretAccessKey>' +
        '<SessionToken>example-session</SessionToken><Expiration>2099-01-01T00:00:00.000Z</Expiration></AssumeRoleResponse>',
    }),
  ],
  [
    'PUT',
    /^\/_local\/instances\/([^/]+)$/,
    (request) => {
      instances.set(request.params[0] ?? '', jsonBody(request));
      return { status: 200, body: {} };
    },
  ],
  [
    'GET',
    /^\/_local\/instances\/([^/]+)$/,
    (request) => {
      const record = instances.get(request.params[0] ?? '');
      return record ? { status: 200, body: record } : { status: 404 };
    },
  ],
  [
    'POST',
    /^\/_local\/instances\/([^/]+)\/stopped$/,
    (request) => {
      stopped[request.params[0] ?? ''] = jsonBody(request).reason;
      // What tests put into the record decides what becomes of an instance that is off.
      return { status: 200, body: { state: instances.get(request.params[0] ?? '')?.stateWhenOff } };
    },
  ],
  [
    'DELETE',
    /^\/stopped\/([^/]+)$/,
    (request) => {
      delete stopped[request.params[0] ?? ''];
      return { status: 200, body: {} };
    },
  ],
  ['GET', /^\/stopped$/, () => ({ status: 200, body: stopped })],
];

void startService('10.87.0.1', 4566, (request) => answerByRoute(routes, request));
