// Which addresses count as one party.
import t from 'tap'
import { addressKey, networkOf } from '../../engine/network.js'

t.test('networks', async (t) => {
  t.equal(networkOf('192.0.2.7'), networkOf('192.0.2.200'))
  t.not(networkOf('192.0.2.7'), networkOf('192.0.3.7'))
  t.equal(networkOf('2001:db8::1'), networkOf('2001:db8:0:0:ffff::2'))
  t.not(networkOf('2001:db8::1'), networkOf('2001:db8:0:1::1'))
  t.equal(networkOf('::1'), networkOf('::2'))
  t.equal(addressKey('192.0.2.7'), '192.0.2.7')
  t.equal(addressKey('2001:db8::1'), addressKey('2001:db8::2'))
})
