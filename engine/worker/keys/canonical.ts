// The canonical form of texts that blind indexes are made of (FORMATS §3), the only place that knows it. What looks the
// same must be the same: NFC, no control, bidirectional or invisible characters, no spaces at the edges, at most 255
// bytes.

const maxBytes = 255

/** Stable codes of what is wrong. */
export const canonicalFaults = {
  empty: 'must not be empty',
  too_long: `must be at most ${maxBytes} bytes`,
  ill_formed: 'must be well-formed Unicode of assigned characters',
  control_character: 'must not contain control characters',
  bidirectional_character: 'must not contain bidirectional control characters',
  ignorable_character: 'must not contain invisible characters',
  edge_space: 'must not begin or end with a space',
  slash: 'must not contain a slash',
  dot_segment: 'must not be "." or ".."',
  not_absolute: 'must begin with a slash',
  empty_segment: 'must not contain empty segments or end with a slash',
  username_character: 'must be made of the letters a to z, digits, and . _ @ + -',
} as const
export type CanonicalFault = keyof typeof canonicalFaults

/** Handlers answer it as `validation_failed`. The message never repeats the text. */
export class CanonicalError extends Error {
  constructor(readonly fault: CanonicalFault) {
    super(canonicalFaults[fault])
    this.name = 'CanonicalError'
  }
}

// Unassigned code points are refused too: a later Unicode version may normalise them otherwise, and the index of a stored
// text would no longer be found. Lone surrogates (Cs) have no UTF-8 form.
const illFormed = /[\p{Cn}\p{Cs}]/u
const control = /[\p{Cc}\p{Zl}\p{Zp}]/u
const bidirectional = /\p{Bidi_Control}/u
// Joiners, variation selectors, fillers: with and without them a text looks the same (UAX #44).
const ignorable = /\p{Default_Ignorable_Code_Point}/u
const edgeSpace = /^\s|\s$/u
const username = /^[a-z0-9._@+-]+$/

const check = (violated: boolean, fault: CanonicalFault): void => {
  if (violated) throw new CanonicalError(fault)
}

/** One line of text: a tag, or a piece of the forms below. */
export const canonicalText = (text: string): string => {
  // Normalising can make text longer, but never from above this length to below the limit.
  check(text.length > 4 * maxBytes, 'too_long')
  check(illFormed.test(text), 'ill_formed')
  const form = text.normalize('NFC')
  check(form === '', 'empty')
  check(Buffer.byteLength(form) > maxBytes, 'too_long')
  check(control.test(form), 'control_character')
  check(bidirectional.test(form), 'bidirectional_character')
  check(ignorable.test(form), 'ignorable_character')
  check(edgeSpace.test(form), 'edge_space')
  return form
}

/** The name of an entry or account: no slash, and no segment that a path could not name. */
export const canonicalName = (text: string): string => {
  const form = canonicalText(text)
  check(form.includes('/'), 'slash')
  check(form === '.' || form === '..', 'dot_segment')
  return form
}

/** `/` or `/prod/db`. */
export const canonicalFolder = (text: string): string => {
  check(!text.startsWith('/'), 'not_absolute')
  if (text === '/') return text
  const form = canonicalText(text)
  const segments = form.slice(1).split('/')
  check(segments.includes(''), 'empty_segment')
  segments.forEach(canonicalName)
  return form
}

/** Lower-cased by ASCII alone: no other letter may become one of a to z. */
export const canonicalUsername = (text: string): string => {
  check(text === '', 'empty')
  check(text.length > maxBytes, 'too_long')
  const form = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  check(!username.test(form), 'username_character')
  return form
}
