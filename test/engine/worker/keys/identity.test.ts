import t from 'tap'
import {
  commitOf,
  fingerprintOf,
  type KeyIdentity,
  keyIdOf,
} from '../../../../engine/worker/keys/identity.js'
import { hex, readVectors } from '../../../vectors/read.js'

interface Vector extends KeyIdentity {
  readonly key: string
  readonly commit: string
  readonly keyId: string
  readonly fingerprint: string
}
const vectors = readVectors<Vector[]>('key-identity')

t.test('commit, key id and fingerprint are the frozen ones', async (t) => {
  for (const vector of vectors) {
    const commit = commitOf(hex(vector.key), vector)
    t.equal(commit.toString('hex'), vector.commit)
    t.equal(keyIdOf(commit).toString('hex'), vector.keyId)
    t.equal(fingerprintOf(commit), vector.fingerprint)
  }
})

t.test('every part of an identity changes the commitment', async (t) => {
  const [vector] = vectors as [Vector]
  const changes: Partial<Vector>[] = [
    { level: 3 },
    { purpose: 1 },
    { tenant: '0190aaaa-bbbb-7ccc-8ddd-eeeeffff0009' as Vector['tenant'] },
    { version: 2 },
    { key: 'ff'.repeat(32) },
  ]
  for (const change of changes) {
    const changed = { ...vector, ...change }
    t.not(commitOf(hex(changed.key), changed).toString('hex'), vector.commit)
  }
})
