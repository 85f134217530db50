// A process that owns an embedded server, as the engine does: started by tests that kill it or run it as another user.
// Prints one line of JSON when the server is ready, or {error} when it refuses; stops cleanly on SIGTERM.
import { startEmbedded } from '../../dist/tests/engine/embedded/embedded.js'

const silent = { info: () => undefined }
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

try {
  const dataDir = process.argv[2]
  const server = await startEmbedded({ dataDir, maxConnections: 20, log: silent })
  const alive = setInterval(() => undefined, 1000)
  process.once('SIGTERM', async () => {
    await server.stop()
    clearInterval(alive)
    say({ stopped: true })
  })
  say({ url: server.url, administrativeUrl: server.administrativeUrl, pid: server.pid })
} catch (error) {
  say({ error: error.message })
}
