// An e-mail address as mail knows it: RFC 5321 §4.1.2, with the letters of RFC 6531 §3.3. Nobody writes to one from here;
// what no mailbox can be is refused, and what cannot be seen (controls, format characters).

const atom = "[\\w!#$%&'*+\\-/=?^`{|}~]|[^\\p{ASCII}\\p{C}\\p{Z}]"
const dotAtom = `(?:${atom})+(?:\\.(?:${atom})+)*`
const quoted = '"(?:[ !#-\\[\\]-~]|\\\\[ -~]|[^\\p{ASCII}\\p{C}\\p{Z}])*"'
const label = '(?:[\\p{L}\\p{M}\\p{N}](?:[\\p{L}\\p{M}\\p{N}\\-]{0,61}[\\p{L}\\p{M}\\p{N}])?)'
const literal = '\\[(?:\\d{1,3}(?:\\.\\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})\\]'

const address = new RegExp(
  `^(?:${dotAtom}|${quoted})@(?:${label}(?:\\.${label})*|${literal})$`,
  'u',
)

/** Bytes, RFC 5321 §4.5.3.1.1. */
const localBytes = 64

export const isEmail = (text: string): boolean =>
  address.test(text) && Buffer.byteLength(text.slice(0, text.lastIndexOf('@'))) <= localBytes
