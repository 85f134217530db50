// Every operation that clients rely on (SPEC §7) is there, under its exact path, with its exact success statuses.
import t from 'tap'
import { operations } from '../../engine/task/contract.js'
import { promisedOperations } from '../support/operations.js'

t.test('every promised operation exists', async (t) => {
  for (const { operationId, method, path, statuses } of promisedOperations) {
    const found = operations.get(operationId)
    t.same(
      [found?.method, found?.path, found?.successStatuses],
      [method, path, statuses],
      operationId,
    )
  }
})

t.test('no operation is without a row in the table, and none has two', async (t) => {
  const rows = promisedOperations.map(({ operationId }) => operationId)
  t.strictSame(rows.sort(), [...operations.keys()].sort())
})
