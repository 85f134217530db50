// Whether a block may hold events that are looked for, by its head alone. Terms are made in this thread and never sent:
// under every version of the key, so that nobody need ask which one a chain was registered with. What the wrong version
// affirms by chance is opened in vain, and no more.
import type { Keyring } from '../keys/keyring.js'
import type { AuditHead } from '../store/store.js'
import { askedOf, type EventFilter } from './event-filter.js'
import { mayHold, Terms } from './filter.js'

export const wantedBlocks = (
  keys: Keyring,
  filter: EventFilter,
): ((head: AuditHead) => boolean) => {
  const asked = askedOf(filter)
  const versions = keys.auditMacKeyIds().map((macKeyId) => {
    const terms = new Terms(keys, macKeyId)
    return asked.map(([kind, value]) => terms.of(kind, value))
  })
  return (head) => isInTime(head, filter) && versions.some((terms) => mayHold(head, terms))
}

const isInTime = ({ firstTime, lastTime }: AuditHead, { from, to }: EventFilter): boolean =>
  lastTime >= from && firstTime <= to
