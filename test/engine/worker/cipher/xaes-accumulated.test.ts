// The accumulated hashes that C2SP publishes. The one of a million takes half a minute and belongs to no test run;
// `XAES_ITERATIONS` of the same file gives it.
import t from 'tap'
import { xaes256gcm } from '../../../../engine/worker/cipher/xaes-256-gcm.js'
import { type Accumulated, accumulate } from '../../../suites/accumulated.js'
import { readVectors } from '../../../vectors/read.js'

const wanted = Number(process.env['XAES_ITERATIONS'] ?? 10_000)
const { accumulated } = readVectors<{ accumulated: Accumulated[] }>('xaes-256-gcm')

t.test(`matches the accumulated hash of ${wanted} iterations`, async (t) => {
  const published = accumulated.find(({ iterations }) => iterations === wanted)
  t.ok(published)
  t.equal(accumulate(xaes256gcm, wanted), published?.hash)
})
