// Logs are redacted by construction: only known fields are written, and of an error its class, code and frames.
import t from 'tap'
import { createLog, type LogFields } from '../../engine/log.js'

const capture = () => {
  const lines: string[] = []
  return { lines, log: createLog('info', { write: (line) => void lines.push(line) }) }
}

t.test('known fields only', async (t) => {
  const { lines, log } = capture()
  log.info('ready', { port: 7101, password: 'canary' } as LogFields)
  t.match(JSON.parse(lines[0]!), { msg: 'ready', port: 7101 })
  t.notMatch(lines[0], 'canary')
})

t.test('no message of an error, whatever its lines look like', async (t) => {
  const { lines, log } = capture()
  const error = Object.assign(new TypeError('canary\n    at canary (x:1:2)'), {
    code: 'E_KNOWN',
    detail: 'canary',
  })
  log.error('failed', { error })
  log.error('failed', { error: 'canary' })
  t.match(JSON.parse(lines[0]!).error, {
    name: 'TypeError',
    code: 'E_KNOWN',
    frames: [/log\.test\.ts/],
  })
  t.notMatch(lines.join(''), 'canary')
})

t.test('levels', async (t) => {
  const { lines, log } = capture()
  log.debug('hidden')
  log.warn('shown')
  t.equal(lines.length, 1)
})
