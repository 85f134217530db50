import t from 'tap'
import { openMekText } from '../../../../../engine/worker/keys/providers/mek-environment.js'
import { MekError } from '../../../../../engine/worker/keys/providers/mek-lines.js'
import { mekProviderConformance } from '../../../../suites/mek-provider.js'
import { readVectors } from '../../../../vectors/read.js'

const { lines, base64, keyIds } = readVectors<{ lines: string; base64: string; keyIds: string[] }>(
  'mek-lines',
)
const [first, second] = lines.split('\n') as [string, string]

mekProviderConformance(
  async () => openMekText(first),
  async () => openMekText(second),
)

const idsOf = (text: string): string[] =>
  openMekText(text).keyIds.map((keyId) => keyId.toString('hex'))

t.test('reads lines, the first current, or one key in base64', async (t) => {
  t.same(idsOf(lines), keyIds)
  t.same(idsOf(lines.trimEnd()), keyIds)
  t.same(idsOf(`${second}\n${first}\n`), [...keyIds].reverse())
  t.same(idsOf(base64), keyIds.slice(0, 1))
})

t.test('refuses every other text, and repeats none of it', async (t) => {
  const malformed = [
    '',
    '\n',
    'x',
    base64.slice(1),
    `${base64}\n`,
    base64.replace('=', 'A'),
    `!${base64.slice(1)}`,
    // The same key by another last character: two bits beyond the key.
    `${base64.slice(0, 42)}${String.fromCharCode(base64.charCodeAt(42) + 1)}=`,
    `${first}\r\n${second}\r\n`,
    `${first}\n\n${second}\n`,
    `\n${first}`,
    ` ${first}`,
    `${first} `,
    first.replace('mek-1', 'mek-2'),
    first.replace(' ', '\t'),
    first.slice(0, -1),
    `${first}\n${second.slice(0, 40)}`,
    `${first}\n#`,
    first.slice(0, 12) + first.slice(12, 28).toUpperCase() + first.slice(28),
    first.slice(0, 12) + '0'.repeat(16) + first.slice(28),
    first.slice(0, 29) + second.slice(29),
    `${first}\n${first}\n`,
    `${first}\n`.repeat(65),
    'ü'.repeat(22),
  ]
  for (const text of malformed)
    t.throws(() => openMekText(text), MekError, JSON.stringify(text.slice(0, 30)))
  for (const text of malformed.filter((each) => each.length > 20))
    try {
      openMekText(text)
    } catch (error) {
      t.notMatch(String(error), text.slice(-20, -2))
    }
})
