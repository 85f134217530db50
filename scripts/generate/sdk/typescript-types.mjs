// TypeScript's word for a schema where the SDK's methods take and answer it: the name of a schema that has one.

const simple = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean' }

const nameIn = (reference) => reference.slice('#/components/schemas/'.length)

const literal = (value) => (typeof value === 'string' ? `'${value}'` : String(value))

const listOf = (inner, answered) => {
  const row = inner.includes('|') ? `(${inner})` : inner
  return answered ? `${row}[]` : `readonly ${row}[]`
}

/** `answered`: a list that its reader may change, and not one that is taken from its owner. */
export const typeOf = (schema, { answered = false } = {}) => {
  if (schema.$ref) return nameIn(schema.$ref)
  if (schema.enum) return schema.enum.map(literal).join(' | ')
  if (schema.type === 'array') return listOf(typeOf(schema.items), answered)
  const type = simple[schema.type]
  if (type === undefined) throw new Error('a schema that the SDK shows must have a name')
  return type
}

/** Those of `types` that are names of schemas. */
export const namesIn = (types) => [
  ...new Set(
    types.flatMap((type) => [...(type ?? '').matchAll(/\b[A-Z]\w*/g)].map(([name]) => name)),
  ),
]
