// Import statements of a generated source: of each module what its text uses, and no module that it does not.

const statement = (text, { from, values = [], types = [], all }) => {
  const used = (name) => new RegExp(`\\b${name}\\b`).test(text)
  if (all) return used(all) ? [`import * as ${all} from '${from}'\n`] : []
  const [own, said] = [values.filter(used), types.filter(used).sort()]
  if (own.length === 0 && said.length === 0) return []
  if (own.length === 0) return [`import type { ${said.join(', ')} } from '${from}'\n`]
  return [
    `import { ${[...own, ...said.map((name) => `type ${name}`)].join(', ')} } from '${from}'\n`,
  ]
}

/** `text` below what it needs of `modules`: { from, values, types } or { from, all }. */
export const withImports = (text, modules) =>
  [...modules.flatMap((one) => statement(text, one)), '\n', text].join('')
