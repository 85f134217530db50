// X-Forwarded-For counts only from trusted proxies, and then the rightmost untrusted address.
import t from 'tap'
import {
  canonicalAddress,
  createAddressReader,
} from '../../../../engine/front/http/remote-address.js'
import { openRaw, bodyOf } from '../../../support/raw-socket.js'
import { listening } from './listening.js'

const v4 = (...bytes: number[]): ArrayBuffer => new Uint8Array(bytes).buffer as ArrayBuffer

t.test('spelling', async (t) => {
  const mapped = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 7])
  const six = new Uint8Array([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  const read = createAddressReader([])
  t.equal(read(v4(10, 0, 0, 7), '9.9.9.9'), '10.0.0.7', 'nobody is trusted')
  t.equal(read(mapped.buffer as ArrayBuffer, undefined), '10.0.0.7')
  t.equal(read(six.buffer as ArrayBuffer, undefined), '2001:db8::1')
  t.equal(canonicalAddress('::FFFF:1.2.3.4'), '1.2.3.4')
  for (const text of ['', 'x', '1.2.3', 'fe80::1%eth0', '1.2.3.4 '])
    t.equal(canonicalAddress(text), null)
})

t.test('behind proxies', async (t) => {
  const read = createAddressReader(['10.0.0.0/8', '2001:db8::5'])
  const proxy = v4(10, 0, 0, 1)
  const cases: readonly (readonly [string | undefined, string])[] = [
    [undefined, '10.0.0.1'],
    ['203.0.113.9', '203.0.113.9'],
    ['1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['1.1.1.1, 203.0.113.9, 10.2.2.2', '203.0.113.9'],
    ['203.0.113.9, 2001:db8::5', '203.0.113.9'],
    ['10.9.9.9, 10.2.2.2', '10.9.9.9'],
    ['203.0.113.9:4711', '203.0.113.9'],
    ['[2001:db8::9]:443', '2001:db8::9'],
    ['203.0.113.9, garbage', '10.0.0.1'],
    ['', '10.0.0.1'],
  ]
  for (const [forwarded, expected] of cases)
    t.equal(read(proxy, forwarded), expected, `${forwarded}`)
  t.equal(read(v4(192, 0, 2, 1), '203.0.113.9'), '192.0.2.1', 'not a proxy')
})

t.test('on the wire, over several lines', async (t) => {
  const { port } = await listening(
    t,
    ({ remoteAddress }, respond) => respond({ status: 200, headers: {}, body: remoteAddress }),
    { trustedProxies: ['127.0.0.0/8'] },
  )
  const raw = openRaw(port)
  raw.write(
    'GET /a HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n',
  )
  t.equal(bodyOf(await raw.answer()), '203.0.113.9')
  raw.socket.destroy()
})
