// An OAuth 2 server made of oidc-provider, for client_credentials with resource indicators, on loopback only.
// Ours is the configuration; authentication of clients, grants, tokens, metadata and errors are the package's.
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

// The package reports notices on stdout, where the caller waits for `ready` alone.
console.info = console.error;
const { default: Provider, errors } = await import('oidc-provider');

const port = Number(process.argv[2] ?? process.env.PORT);
const file = process.env.CONFIG;
if (!Number.isInteger(port) || port < 1 || !file) {
  console.error('oidc-provider: give a port, as argument or as PORT, and a JSON file as CONFIG');
  process.exit(2);
}
const { clients = [], resources = [], keys, default_resource } = JSON.parse(readFileSync(file));

// A public key is a JWK, a PEM text, or a file beside CONFIG with either.
function jwk({ public_key, public_key_file, kid }) {
  const given = public_key ?? readFileSync(resolve(dirname(file), public_key_file), 'utf8').trim();
  const key = typeof given === 'string' && given.startsWith('{') ? JSON.parse(given) : given;
  const exported = typeof key === 'string' ? createPublicKey(key).export({ format: 'jwk' }) : key;
  return { use: 'sig', ...exported, ...(kid && { kid }) };
}

function client({ public_key, public_key_file, kid, ...metadata }) {
  const keyed = public_key || public_key_file;
  return {
    grant_types: ['client_credentials'], response_types: [], redirect_uris: [],
    ...(keyed && { jwks: { keys: [jwk({ public_key, public_key_file, kid })] } }),
    ...metadata,
  };
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' };
}

const scopes = [...resources, ...clients].flatMap(({ scope = '' }) => scope.split(' ')).filter(Boolean);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: clients.map(client),
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  cookies: { keys: ['no browser ever comes here'] },
  jwks: { keys: keys ?? [signingKey()] },
  scopes: [...new Set(scopes)],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => default_resource,
      getResourceServerInfo(_context, indicator) {
        const resource = resources.find(({ uri }) => uri === indicator);
        if (!resource) throw new errors.InvalidTarget();
        return {
          scope: resource.scope ?? '',
          audience: resource.uri,
          accessTokenTTL: resource.lifetime ?? 300,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        };
      },
    },
  },
});

process.on('SIGTERM', () => process.exit(0));
provider.listen(port, '127.0.0.1', () => console.log('ready'));
