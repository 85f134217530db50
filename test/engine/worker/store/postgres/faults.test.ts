// Which faults mean that the connection is gone, so that nobody knows what became of a COMMIT on its way.
import t from 'tap'
import { DatabaseFault, isLost } from '../../../../../engine/worker/store/postgres/faults.js'

const isLostBy = (code: string): boolean => isLost(new DatabaseFault(code))

t.test('the connection is gone', async (t) => {
  // Of sockets (EPIPE and ENDED are as long as a SQLSTATE), of postgres.js, and of a server that ends or cannot be had.
  const codes = ['EPIPE', 'ECONNRESET', 'ENDED', 'CONNECTION_CLOSED', 'unknown']
  for (const code of [...codes, '08006', '57P01', '57P02', '57P03', '25P03'])
    t.equal(isLostBy(code), true, code)
})

t.test('the server has answered, and lives on', async (t) => {
  for (const code of ['23505', '22012', '40P01', '53100', '57014', 'P0001', 'XX000'])
    t.equal(isLostBy(code), false, code)
})
