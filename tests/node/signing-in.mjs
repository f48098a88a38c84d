// What the scripts that sign people in share: keys, and a browser that knows no more than forms, cookies and redirects.
import * as client from 'openid-client';

const CURVES = { ES256: 'P-256', ES384: 'P-384' };

/** A private JWK as openid-client and oauth4webapi want it. */
export async function signingKey(jwk) {
  const algorithm = CURVES[jwk.alg]
    ? { name: 'ECDSA', namedCurve: CURVES[jwk.alg] }
    : { name: 'RSASSA-PKCS1-v1_5', hash: `SHA-${jwk.alg.slice(2)}` };
  return { key: await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']), kid: jwk.kid };
}

/** A confidential client of the server at `issuer`, from its OpenID metadata. */
export async function discovered(issuer, clientId, jwk, metadata = {}) {
  const auth = client.PrivateKeyJwt(await signingKey(jwk));
  return client.discovery(new URL(issuer), clientId, metadata, auth, { execute: [client.allowInsecureRequests] });
}

const unescaped = (text) => text.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&amp;', '&');

/** Fills in the first form of each page, until it is sent to `back`; answers that address. */
export async function signIn(start, back, fill) {
  const cookies = new Map();
  let [address, init] = [start, {}];
  for (let step = 0; step < 20; step++) {
    if (address.href.startsWith(back)) return address;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [name, ...value] = set.split(';')[0].split('=');
      cookies.set(name, value.join('='));
    }
    const location = response.headers.get('location');
    if (location) {
      [address, init] = [new URL(location, address), {}];
      continue;
    }
    const page = await response.text();
    const form = page.match(/<form[^>]*action="([^"]*)"/);
    if (!form) throw new Error(`${response.status} at ${address}: ${page}`);
    const hidden = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
    const fields = Object.fromEntries([...hidden].map(([, name, value]) => [name, unescaped(value)]));
    const body = new URLSearchParams({ ...fields, ...fill(page) });
    const origin = address.origin;
    address = new URL(unescaped(form[1]), address);
    init = { method: 'POST', body, headers: { origin, 'content-type': 'application/x-www-form-urlencoded' } };
  }
  throw new Error('no end of pages');
}

/** Code with PKCE, state and nonce, as a portal does it. `changed`: what a browser on the way makes of the answer. */
export async function tokensFor(config, redirectUri, scope, fill, { parameters = {}, changed = (back) => back } = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  });
  const back = changed(await signIn(address, redirectUri, fill));
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  return client.authorizationCodeGrant(config, back, checks, parameters);
}

export const VIEWER = '{ viewer { organisation { laCode odsCode } scopes } }';

/** What the hub answers to a token. */
export async function ask(base, token, headers = {}) {
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    body: JSON.stringify({ query: VIEWER }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
  });
  return { status: response.status, challenge: response.headers.get('www-authenticate'), ...(await response.json()) };
}
