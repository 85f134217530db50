// What to try next, to be pasted into another terminal (curl and jq): it ends at a secret that was stored and read.
const json = "-H 'content-type: application/json'"

const setUp = (token: string): string =>
  `  JWT=$(curl -sS --fail-with-body $URL/api/v1/auth/setup ${json} -d "{\\"token\\":\\"${token}\\",\\"password\\":\\"correct horse battery staple\\"}" | jq -r .accessToken)`

const secret: readonly string[] = [
  `  ENTRY=$(curl -sS --fail-with-body $URL/api/v1/vault/entries -H "Authorization: Bearer $JWT" ${json} -d '{"name":"root","folder":"/prod/db","type":"database","fields":{"password":"s3cr3t"}}' | jq -r .id)`,
  '  curl -sS --fail-with-body $URL/api/v1/vault/entries/$ENTRY/secret -H "Authorization: Bearer $JWT" | jq .fields',
]

const heading = 'Next, in another terminal (curl and jq):'

/** A tenant, its administrator, a secret. A password between single quotes: ours holds none, and a hint neither. */
export const firstSecret = (url: string, password: string): string[] => [
  `${heading} a tenant, its first administrator, a secret`,
  `  URL=${url}; PASSWORD='${password}'`,
  `  ADMIN=$(curl -sS --fail-with-body $URL/api/v1/auth/login ${json} -d "{\\"username\\":\\"admin\\",\\"password\\":\\"$PASSWORD\\"}" | jq -r .accessToken)`,
  `  OPERATION=$(curl -sS --fail-with-body $URL/api/v1/msp/tenants -H "Authorization: Bearer $ADMIN" -H 'Prefer: wait=30' ${json} -d '{"shortCode":"acme","displayName":"Acme","contactEmail":"it@acme.example"}' | jq -r .operationId)`,
  '  SETUP=$(curl -sS --fail-with-body $URL/api/v1/msp/operations/$OPERATION -H "Authorization: Bearer $ADMIN" | jq -r .result.setupToken)',
  setUp('$SETUP'),
  ...secret,
]

/** For the one tenant of the enterprise edition. */
export const setUpAndFirstSecret = (url: string, token: string): string[] => [
  `${heading} its password, a secret`,
  `  URL=${url}`,
  setUp(token),
  ...secret,
]
