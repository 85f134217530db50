// Names and verifiers in statements that take no parameters. Nothing else may put a text into SQL: what does not look
// exactly like a name of ours is refused, never escaped.
const name = /^[a-z_][a-z0-9_]{0,62}$/
const verifier = /^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$/

export const isIdentifier = (text: string): boolean => name.test(text)

/** Throws RangeError for anything outside [a-z0-9_]. */
export const quoted = (text: string): string => {
  if (!isIdentifier(text)) throw new RangeError('not a name of a role or database of ours')
  return `"${text}"`
}

/** A SCRAM verifier as a literal. */
export const verifierLiteral = (text: string): string => {
  if (!verifier.test(text)) throw new RangeError('not a SCRAM verifier')
  return `'${text}'`
}
