// Sources of the SDK that follow from the contract: its types' names, a function for each operation, and the classes of
// resources of its two clients.
import { sdkFiles } from './sdk-files.mjs'
import { callsSource } from './sdk/calls.mjs'
import { sdkOperations } from './sdk/model.mjs'
import { resourcesSource } from './sdk/resources.mjs'
import { schemasSource } from './sdk/schemas.mjs'

const head = '// Made from openapi/ by scripts/generate.mjs. Do not edit.\n'

/** Their texts, by file name. */
export const sdkSources = (contract) => {
  const operations = sdkOperations(contract)
  const of = (client) => operations.filter(({ plane }) => plane === client || plane === 'any')
  const texts = [
    schemasSource(contract),
    callsSource(operations),
    resourcesSource('tenant', of('tenant'), contract.tags),
    resourcesSource('management', of('management'), contract.tags),
  ]
  return new Map(sdkFiles.map((name, place) => [name, `${head}${texts[place]}`]))
}
