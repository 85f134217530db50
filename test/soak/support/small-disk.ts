// A PostgreSQL on disks of its own, in memory, that can be filled to the last byte: one for its data, one for its WAL.
// Only root may mount them.
import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, renameSync, rmSync, statSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type Embedded, startEmbedded } from '../../../engine/embedded/embedded.js'
import type { ServerAddress } from '../../support/engine.js'
import { copyOfTemplate, silentLog, temporaryFolder } from '../../support/template.js'

/** More than a round writes; of the WAL as much as two of the server's checkpoints ask for. */
const sizes = { data: 4096, wal: 6144 }
const maxConnections = 60

export class Disk {
  constructor(
    readonly folder: string,
    private readonly mebibytes: number,
  ) {
    const options = `mode=0700,size=${mebibytes}m`
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'soak', folder], { stdio: 'pipe' })
  }

  get usedBytes(): number {
    const { blocks, bfree, bsize } = statfsSync(this.folder)
    return (blocks - bfree) * bsize
  }

  /** As small as what is on it. */
  fill(): void {
    for (;;)
      try {
        return this.#resize(`${this.usedBytes}`)
      } catch (error) {
        // Something was written in between.
        if (!/remount|mount point|Invalid/i.test(String(error))) throw error
      }
  }

  makeRoom(): void {
    this.#resize(`${this.mebibytes}m`)
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.folder])
  }

  #resize(size: string): void {
    execFileSync('mount', ['-o', `remount,size=${size}`, this.folder], { stdio: 'pipe' })
  }
}

/** Why there can be no disks here; false: there can. */
export const mountRefusal = (): string | false => {
  const folder = temporaryFolder()
  try {
    new Disk(folder, 1).unmount()
    return false
  } catch (error) {
    return `no disk can be mounted: ${String(error).split('\n', 1)[0]}`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `folder` becomes a disk with what it holds. */
const moveOntoDisk = (folder: string, mebibytes: number): Disk => {
  const { uid, gid } = statSync(folder)
  const before = `${folder}.before`
  renameSync(folder, before)
  mkdirSync(folder, { mode: 0o700 })
  const disk = new Disk(folder, mebibytes)
  chownSync(folder, uid, gid)
  execFileSync('cp', ['-a', `${before}/.`, folder])
  rmSync(before, { recursive: true })
  return disk
}

export interface SmallServer {
  readonly address: ServerAddress & { readonly dataDir: string }
  readonly data: Disk
  readonly wal: Disk
  /** Starts it once more if it has ended; answers its port. */
  revive(): Promise<number>
}

const portOf = ({ url }: Embedded): number => Number(new URL(url).port)

export const startSmallServer = async (t: Pick<Test, 'teardown'>): Promise<SmallServer> => {
  const folder = temporaryFolder()
  const data = new Disk(folder, sizes.data)
  const dataDir = await copyOfTemplate(folder)
  const wal = moveOntoDisk(join(dataDir, 'postgres', 'pg_wal'), sizes.wal)
  const start = (): Promise<Embedded> => startEmbedded({ dataDir, maxConnections, log: silentLog })
  let server = await start()
  let hasEnded = false
  const watch = (): void => {
    hasEnded = false
    void server.ended.then(() => (hasEnded = true))
  }
  watch()
  t.teardown(async () => {
    await server.stop()
    for (const disk of [wal, data]) disk.unmount()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    address: { url: server.administrativeUrl, engineUrl: server.url, dataDir },
    data,
    wal,
    revive: async () => {
      if (hasEnded) {
        await server.stop()
        server = await start()
        watch()
      }
      return portOf(server)
    },
  }
}
