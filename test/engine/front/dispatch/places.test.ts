// Whoever takes places leaves some to everybody else, and everything that was taken comes back.
import fc from 'fast-check'
import t from 'tap'
import { Places } from '../../../../engine/front/dispatch/places.js'

const fill = (places: Places, owner: string, isUnauthenticated = false): number => {
  let taken = 0
  while (places.take(owner, isUnauthenticated)) taken++
  return taken
}

t.test('one after the other takes half of what is left', async (t) => {
  const places = new Places(64)
  t.same(
    ['a', 'b', 'c', 'd'].map((owner) => fill(places, owner)),
    [32, 16, 8, 4],
  )
  places.give('a', false)
  t.ok(places.take('e', false))
})

t.test('the unauthenticated share an eighth, whatever their networks', async (t) => {
  const places = new Places(64)
  t.equal(fill(places, 'one', true) + fill(places, 'another', true), 8)
  t.equal(fill(places, 'a tenant') > 0, true)
})

t.test('what was taken comes back', async () => {
  const owners = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean()))
  fc.assert(
    fc.property(owners, (asked) => {
      const places = new Places(16)
      const taken = asked.filter(([owner, isPublic]) => places.take(owner, isPublic))
      for (const [owner, isPublic] of taken) places.give(owner, isPublic)
      return fill(places, 'a') === 8
    }),
  )
})
