// How an operation is called, by curl and by the SDK: x-codeSamples, which reference pages show beside it.
import { follow } from './lint.mjs'

const parametersOf = (contract, operation) =>
  (operation.parameters ?? []).map((one) => (one.$ref ? follow(contract, one.$ref) : one))

const requiredIn = (contract, operation, place) =>
  parametersOf(contract, operation).filter((one) => one.in === place && one.required)

const bodyOf = ({ requestBody }) => requestBody?.content['application/json'].example

const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`

const address = (path) => `"$RPPAM${path.replaceAll(/\{(\w+)\}/g, '$$$1')}"`

const verb = (method, body) =>
  method === 'get' || (method === 'post' && body) ? [] : [`-X ${method.toUpperCase()}`]

const curl = (contract, method, path, operation) => {
  const body = bodyOf(operation)
  const query = requiredIn(contract, operation, 'query')
  return [
    ['curl --fail-with-body -sS', ...verb(method, body), address(path)].join(' '),
    ...query.map(
      ({ name, example }, i) =>
        `${i === 0 ? '-G ' : ''}--data-urlencode ${quoted(`${name}=${example}`)}`,
    ),
    ...(operation.security.length > 0 ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(body ? ["-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`] : []),
  ].join(' \\\n  ')
}

const literal = (value) => JSON.stringify(value, null, 2).replaceAll(/^(\s*)"(\w+)":/gm, '$1$2:')

const clients = {
  management: ['ManagementClient', '{ baseUrl, credentials }'],
  tenant: ['TenantClient', "{ baseUrl, tenant: 'acme-corp', credentials }"],
}

const argumentsOf = (contract, operation) => [
  ...requiredIn(contract, operation, 'path').map(({ name }) => name),
  ...requiredIn(contract, operation, 'query').map(({ example }) => literal(example)),
  ...(bodyOf(operation) ? [literal(bodyOf(operation))] : []),
]

const isWalked = (contract, operation) =>
  parametersOf(contract, operation).some(({ name }) => name === 'pageSize' || name === 'limit')

const statement = (contract, operation, call) => {
  if (isWalked(contract, operation)) return `for await (const one of ${call}) console.log(one)`
  if (operation.responses[202]) return `const started = await ${call}\nawait started.wait()`
  return operation.responses[204] ? `await ${call}` : `const answer = await ${call}`
}

const sdk = (contract, operation) => {
  const { plane, sdk: place } = operation['x-rppam']
  const [client, options] = clients[plane] ?? clients.tenant
  const call = `client.${place}(${argumentsOf(contract, operation).join(', ')})`
  return [
    `import { ${client} } from '@rppam/sdk'\n`,
    `const client = new ${client}(${options})`,
    statement(contract, operation, call),
  ].join('\n')
}

/** The SDK only where it has the operation (`x-rppam.sdk`). */
export const codeSamplesOf = (contract, { method, path, operation }) => [
  { lang: 'Shell', label: 'curl', source: curl(contract, method, path, operation) },
  ...(operation['x-rppam'].sdk
    ? [{ lang: 'TypeScript', label: 'SDK', source: sdk(contract, operation) }]
    : []),
]
