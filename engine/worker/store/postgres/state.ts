// The row that says whether the tenant is active and at which epoch its access is: bytes, which this side cannot open.
import { noState, type StoredState } from '../store.js'
import type { Cell, Parameter, Session } from './session.js'

export const stateColumns = 'access_epoch, sealed'

const text = `select ${stateColumns} from tenant_state`

/** An epoch, and the bytes as hexadecimal text: the client has ideas of its own about a parameter that is a bytea. */
export const stateParameters = ({ accessEpoch, sealed }: StoredState): Parameter[] => [
  accessEpoch,
  sealed.toString('hex'),
]

/** A row of another shape, none at all, or two, is none: whoever opens it must deny. */
export const toState = (rows: readonly Cell[][]): StoredState => {
  const [epoch, sealed] = rows[0] ?? []
  if (rows.length !== 1 || !Buffer.isBuffer(sealed)) return noState
  return { accessEpoch: Number(epoch), sealed }
}

export const readState = async (session: Session): Promise<StoredState> =>
  toState(await session.query({ text, parameters: [] }))
