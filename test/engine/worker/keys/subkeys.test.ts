import t from 'tap'
import { purposes } from '../../../../engine/worker/cipher/registry.js'
import { expandSubkey, subkeyLabels } from '../../../../engine/worker/keys/subkeys.js'
import { hex, readVectors } from '../../../vectors/read.js'

interface Vector {
  readonly key: string
  readonly purpose: number
  readonly label: string
  readonly subkey: string
}
const vectors = readVectors<Vector[]>('subkey')

t.test('are the frozen ones, in memory of their own', async (t) => {
  for (const { key, purpose, label, subkey } of vectors) {
    const made = expandSubkey(hex(key), purpose, label)
    t.equal(made.toString('hex'), subkey, `${purpose} ${label}`)
    t.equal(made.buffer.byteLength, 32)
  }
})

t.test('every label of every purpose is frozen, and no two give the same key', async (t) => {
  for (const [purpose, labels] of Object.entries(subkeyLabels))
    for (const label of labels) {
      const code = purposes[purpose as keyof typeof purposes]
      t.ok(
        vectors.some((vector) => vector.purpose === code && vector.label === label),
        `${purpose} ${label}`,
      )
    }
  t.equal(new Set(vectors.map(({ subkey }) => subkey)).size, vectors.length)
})
