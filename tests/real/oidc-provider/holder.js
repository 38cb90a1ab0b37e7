// A holder that asks for a bearer token: it verifies the JWT and hands the request to UPSTREAM, on loopback only.
// It looks at signature, issuer, audience and expiry. It knows nothing of scopes, patients or consent.
import { createServer, request as send } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const port = Number(process.argv[2] ?? process.env.PORT);
const { ISSUER, AUDIENCE, UPSTREAM } = process.env;
if (!Number.isInteger(port) || port < 1 || !ISSUER || !AUDIENCE || !UPSTREAM) {
  console.error('holder: give a port, as argument or as PORT, and ISSUER, AUDIENCE and UPSTREAM');
  process.exit(2);
}

// RFC 8414 puts the first name before the issuer's own path, OpenID Connect Discovery the second behind it.
const { origin, pathname } = new URL(ISSUER);
const own = pathname.replace(/\/$/, '');
const places = [`${origin}/.well-known/oauth-authorization-server${own}`, `${origin}${own}/.well-known/openid-configuration`];
const found = await Promise.all(places.map((place) => fetch(place).then((answer) => answer.json()).catch(() => undefined)));
const metadata = found.find((one) => one?.jwks_uri);
if (!metadata) {
  console.error('holder: no metadata at ISSUER; start the token server first');
  process.exit(1);
}
const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));

async function refusal(request) {
  const token = /^Bearer ([^ ]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  // RFC 6750, section 3.1: without a token no error code, it would say too much.
  if (!token) return '';
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: ISSUER, audience: AUDIENCE, typ: 'at+jwt', algorithms: ['ES256'], requiredClaims: ['exp'],
    });
    // A token bound to a key says nothing to a holder that does not check the binding.
    return payload.cnf ? ', error="invalid_token", error_description="a bound token is not a bearer token"' : undefined;
  } catch (fault) {
    return `, error="invalid_token", error_description="${fault.code ?? 'the token cannot be verified'}"`;
  }
}

function refuse(response, status, code, text, headers) {
  const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics: text }] };
  response.writeHead(status, { 'Content-Type': 'application/fhir+json', ...headers }).end(JSON.stringify(outcome));
}

const server = createServer(async (request, response) => {
  const why = await refusal(request);
  if (why !== undefined) {
    return refuse(response, 401, 'login', 'a valid bearer token is needed', { 'WWW-Authenticate': `Bearer realm="fhir"${why}` });
  }
  const { authorization, host, ...headers } = request.headers;
  const onward = send(new URL(request.url, UPSTREAM), { method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.headersSent ? response.destroy() : refuse(response, 502, 'transient', 'the server behind does not answer'));
  request.pipe(onward);
});

process.on('SIGTERM', () => process.exit(0));
server.listen(port, '127.0.0.1', () => console.log('ready'));
