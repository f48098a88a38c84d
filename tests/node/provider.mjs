// An OpenID provider that is not the hub's: node provider.mjs PORT, {audience, clients, scopes} on standard input. It
// signs anybody in who gives a name, and prints a line when it is ready. It runs until it is ended.
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const port = Number(process.argv[2]);
const { audience, clients, scopes, jwks } = JSON.parse(readFileSync(0, 'utf8'));

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  jwks,
  scopes: ['openid'],
  pkce: { required: () => true },
  claims: { openid: ['sub'] },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  extraTokenClaims: (_, token) => (token.kind === 'AccessToken' ? { org: 'NORTHMERE', roles: ['SEND-CASEWORK'] } : undefined),
  enabledJWA: { clientAuthSigningAlgValues: ['ES256'], idTokenSigningAlgValues: ['ES256'] },
  clientAuthMethods: ['private_key_jwt'],
  fetch: (address, { dispatcher: _, ...options }) => fetch(address, options), // its own goes to no loopback address
  features: {
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: scopes.join(' '),
        audience,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 300,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});
provider.listen(port, '127.0.0.1', () => console.log('ready'));
