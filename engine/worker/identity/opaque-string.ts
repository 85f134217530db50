// Passwords as RFC 8265 §4.2 (OpaqueString, version 1 of ours) reads them: one function for setting and checking, so that
// one password typed on two systems is one. No mapping of case or width. Stricter than the RFC in one place: joiners are
// refused with everything else that does not show (FORMATS §8).

/** Stored beside each hash; a change of what is below needs a new number. */
export const opaqueStringVersion = 1

/** Of the text before the profile, UTF-8. */
export const maxPasswordBytes = 1024

export type OpaqueString = string & { readonly brand: 'OpaqueString' }

/** The message never repeats the password. */
export class PasswordError extends Error {
  override readonly name = 'PasswordError'
}

// FreeformClass (RFC 8264 §4.3, §9): letters, marks, digits, punctuation, symbols and, after mapping, the one space. What
// is left is controls, formats, surrogates, private use, line separators and unassigned code points.
const outside = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|\p{Default_Ignorable_Code_Point}/u
// RFC 8264 §9.9: conjoining jamo that composed to no syllable. §9.6: exceptions.
const oldHangulJamo = /[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7c6\ud7cb-\ud7fb]/u
const exceptions = /[\u302e\u302f\u0640\u07fa\u3031-\u3035\u303b]/u

// RFC 5892 appendices A.3 to A.9: code points that need a neighbour.
const outOfContext: readonly RegExp[] = [
  /(?<!l)\u00b7|\u00b7(?!l)/u,
  /\u0375(?!\p{Script=Greek})/u,
  /(?<!\p{Script=Hebrew})[\u05f3\u05f4]/u,
  /^(?!.*[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]).*\u30fb/u,
  /[\u0660-\u0669].*[\u06f0-\u06f9]|[\u06f0-\u06f9].*[\u0660-\u0669]/u,
]

const isFreeform = (form: string): boolean =>
  ![outside, oldHangulJamo, exceptions, ...outOfContext].some((pattern) => pattern.test(form))

const nonAsciiSpace = /\p{Zs}/gu

/** Rules in the order of RFC 8264 §7: the form of a form is itself. Throws a PasswordError. */
export const opaqueString = (password: string): OpaqueString => {
  if (Buffer.byteLength(password) > maxPasswordBytes)
    throw new PasswordError(`must be at most ${maxPasswordBytes} bytes`)
  const form = password.replace(nonAsciiSpace, ' ').normalize('NFC')
  if (form === '') throw new PasswordError('must not be empty')
  if (!isFreeform(form))
    throw new PasswordError('must be made of letters, digits, punctuation, symbols and spaces')
  return form as OpaqueString
}
