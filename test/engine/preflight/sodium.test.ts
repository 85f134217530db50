// A changed native file stops the start; one that does not load does not.
import t from 'tap'
import { checkSodium } from '../../../engine/preflight/sodium.js'

t.test('here it is the pinned one', async (t) => {
  t.doesNotThrow(() => checkSodium())
})

t.test('where it does not load the start goes on', async (t) => {
  t.doesNotThrow(() => checkSodium(() => null))
})

t.test('one that was changed is refused', async (t) => {
  const changed = (): never => {
    throw new Error('sodium-native: sodium-native.node is not the pinned file')
  }
  t.throws(() => checkSodium(changed), {
    name: 'ConfigError',
    message: 'sodium-native: sodium-native.node is not the pinned file: run npm ci again',
  })
})
