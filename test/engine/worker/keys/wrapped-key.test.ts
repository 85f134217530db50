import t from 'tap'
import { IntegrityError } from '../../../../engine/worker/cipher/record.js'
import type { KeyIdentity } from '../../../../engine/worker/keys/identity.js'
import { SecretKey } from '../../../../engine/worker/keys/secret-key.js'
import { unwrapKey, wrapKey } from '../../../../engine/worker/keys/wrapped-key.js'
import { hex, readVectors } from '../../../vectors/read.js'
import { wrap } from '../cipher/reference.js'

interface Vector extends KeyIdentity {
  readonly wrappingKey: string
  readonly wrappingKeyId: string
  readonly key: string
  readonly commit: string
  readonly wrapped: string
}
const vectors = readVectors<Vector[]>('wrapped-key')
const [first] = vectors as [Vector]

const by = ({ wrappingKey, wrappingKeyId }: Vector) => ({
  key: SecretKey.take(hex(wrappingKey)),
  keyId: hex(wrappingKeyId),
})
const unwrap = (vector: Vector): string =>
  unwrapKey(by(vector), { wrapped: hex(vector.wrapped), commit: hex(vector.commit) }, vector).use(
    (bytes) => bytes.toString('hex'),
  )

t.test('frozen wrapped keys open for ever', async (t) => {
  for (const vector of vectors) t.equal(unwrap(vector), vector.key)
})

t.test('wraps byte for byte as the reference does', async (t) => {
  for (const vector of vectors) {
    const { wrapped, commit } = wrapKey(by(vector), SecretKey.take(hex(vector.key)), vector)
    t.equal(wrapped.length, 76)
    t.equal(commit.toString('hex'), vector.commit)
    const wrapping = { key: hex(vector.wrappingKey), keyId: hex(vector.wrappingKeyId) }
    t.same(wrapped, wrap(wrapping, hex(vector.key), vector, wrapped.subarray(16, 28)))
  }
})

t.test('every single changed byte fails, of the commitment too', async (t) => {
  for (const part of ['wrapped', 'commit'] as const)
    for (let i = 0; i < first[part].length / 2; i++) {
      const changed = hex(first[part])
      changed[i] = (changed[i] as number) ^ 1
      t.throws(
        () => unwrap({ ...first, [part]: changed.toString('hex') }),
        IntegrityError,
        `${part} ${i}`,
      )
    }
})

t.test('another length fails', async (t) => {
  for (const bytes of [0, 1, 15, 16, 17, 28, 60, 75])
    t.throws(() => unwrap({ ...first, wrapped: first.wrapped.slice(0, bytes * 2) }), IntegrityError)
  t.throws(() => unwrap({ ...first, wrapped: `${first.wrapped}00` }), IntegrityError)
  t.throws(() => unwrap({ ...first, commit: first.commit.slice(2) }), IntegrityError)
})

t.test('moved to another tenant, level, purpose, version or wrapping key it fails', async (t) => {
  const changes: Partial<Vector>[] = [
    { tenant: '0190aaaa-bbbb-7ccc-8ddd-eeeeffff0009' as Vector['tenant'] },
    { level: 3 },
    { purpose: 2 },
    { version: 2 },
    { wrappingKey: 'ab'.repeat(32) },
    { wrappingKeyId: 'ab'.repeat(8) },
  ]
  for (const change of changes)
    t.throws(() => unwrap({ ...first, ...change }), IntegrityError, JSON.stringify(change))
})

t.test('with a header rewritten to match, it fails all the same', async (t) => {
  const second = vectors[1] as Vector
  const forged = second.wrapped.slice(0, 32) + first.wrapped.slice(32)
  t.throws(() => unwrap({ ...second, wrapped: forged }), IntegrityError)
})
