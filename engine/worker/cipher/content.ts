// JSON text of a record's content. In content that holds secrets every string is followed by spaces up to a multiple of
// 64 bytes: padding the whole record alone would let a longer password cross a step and so show in the row's length.
// Any JSON parser reads it; nothing but this file knows of the spaces.

const step = 64

export const contentText = (value: unknown): string => {
  const text = JSON.stringify(value)
  if (text === undefined) throw new TypeError('content has no JSON form')
  return text
}

/** As contentText, but the lengths of an object's own strings show in steps of 64 bytes only. */
export const secretContentText = (value: unknown): string => {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || 'toJSON' in value)
    return contentText(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${spaced(member)}`).join(',')}}`
}

const spaced = (member: unknown): string => {
  const text = contentText(member)
  if (typeof member !== 'string') return text
  const over = Buffer.byteLength(text) % step
  return over === 0 ? text : text + ' '.repeat(step - over)
}
