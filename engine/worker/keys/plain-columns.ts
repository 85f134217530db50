// Plain columns of a row that are shown beside what is sealed. Whoever has the database can write any number there.
import { isTime } from '../../clock.js'
import { IntegrityError } from '../cipher/record.js'
import type { Row } from '../store/store.js'

/** Throws an IntegrityError for times that no engine writes. (The version is bound to what is sealed.) */
export const requireWritten = ({
  createdTime,
  updatedTime,
}: Pick<Row, 'createdTime' | 'updatedTime'>): void => {
  if (!isTime(createdTime) || !isTime(updatedTime)) throw new IntegrityError()
}
