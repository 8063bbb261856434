// An independent provider of identities for tests/identity.py: npm's oidc-provider.
// Usage: node provider.mjs MODULE PORT CALLBACK SECRET ACCOUNTS
// ACCOUNTS is a JSON file of the people it knows: subject to claims, read again at each request.
import { readFileSync } from 'node:fs'

const [module, port, callback, secret, accounts] = process.argv.slice(2)
const { default: Provider } = await import(module)

const provider = new Provider(`http://localhost:${port}`, {
  clients: [{
    client_id: 'fabriek',
    client_secret: secret,
    redirect_uris: [callback],
    grant_types: ['authorization_code'],
    response_types: ['code']
  }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  pkce: { required: () => true },
  cookies: { keys: ['only for tests'] },
  findAccount: (ctx, id) => {
    const known = JSON.parse(readFileSync(accounts, 'utf8'))
    return { accountId: id, claims: () => ({ sub: id, ...known[id] }) }
  }
})
provider.on('server_error', (ctx, error) => console.error(error))
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'))
