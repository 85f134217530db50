// The contract's schemas under their names, for programs that say a type.
import { comment } from './jsdoc.mjs'

const schemaType = ([name, { description }]) =>
  `${comment([description ?? `The contract's \`${name}\`.`])}export type ${name} = Schemas['${name}']\n`

export const schemasSource = ({ components }) => `import type { components } from './contract.js'

type Schemas = components['schemas']

${Object.entries(components.schemas).map(schemaType).join('\n')}`
