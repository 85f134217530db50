// The contract's error table is the engine's.
import t from 'tap'
import { errorCatalogue } from '../../engine/errors.js'
import { contractDocument } from '../../engine/task/contract.js'

t.test('code, status and title are equal', async (t) => {
  t.strictSame(contractDocument['x-rppam-errors'], errorCatalogue)
})

t.test('the type of a code is the closed union of them', async (t) => {
  const { ErrorCode } = contractDocument.components['schemas'] as { ErrorCode: { enum: string[] } }
  t.strictSame(ErrorCode.enum, Object.keys(errorCatalogue))
})
