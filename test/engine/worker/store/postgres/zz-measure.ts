const downs: (() => unknown)[] = []
const t = { teardown: (f: () => unknown) => downs.push(f) } as never
import { createDatabase, openTestStore } from '../../../../support/database.js'
import { startServer } from '../../../../support/engine.js'
import { chainOf, commitOf, insertOf, rowOf, entryOf, updateOf } from '../../../../suites/store-rows.js'
import { existsSync, readFileSync } from 'node:fs'
{
  const server = await startServer(t)
  const db = await createDatabase(server.url, 'measured')
  const store = openTestStore(db.runtime)
  const pids = async () => (await db.query(`select pid from pg_stat_activity where application_name='rppam/test'`)).flat() as number[]
  const ticks = (pid: number) => { if (!existsSync(`/proc/${pid}/stat`)) return 0; const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' '); return (Number(f[11]) + Number(f[12])) * 10_000 }
  const run = async (name: string, n: number, per: number, make: (i: number) => unknown, work: (x: any) => Promise<unknown>) => {
    for (let i = 0; i < 30; i++) await work(make(i))
    const made = Array.from({ length: n }, (_, i) => make(i))
    const ps = await pids(); const s0 = ps.reduce((a, p) => a + ticks(p), 0)
    const c = process.cpuUsage(); const w = process.hrtime.bigint()
    for (const x of made) await work(x)
    const wall = Number(process.hrtime.bigint() - w) / 1e3
    const u = process.cpuUsage(c)
    const s1 = ps.reduce((a, p) => a + ticks(p), 0)
    console.log(`MEASURE ${name}: client CPU ${((u.user + u.system) / n / per).toFixed(1)} server CPU ${((s1 - s0) / n / per).toFixed(1)} wall ${(wall / n / per).toFixed(1)} us per row (${(wall / n).toFixed(0)} us a call)`)
  }
  await run('baseline: state()', 1500, 1, () => 0, () => store.state())
  { const { auditParameters } = await import('../../../../../engine/worker/store/postgres/audit-rows.js'); await run('pure JS auditParameters 64', 300, 64, () => chainOf(1, 64), async (x) => { auditParameters(x) }); await run('pure JS 64 x sha256-like loop 1000 adds', 300, 1, () => 0, async () => { let a = 0; for (let i = 0; i < 1e6; i++) a += i ^ a; if (a === 1.5) console.log(a) }) }
  const rows = Array.from({ length: 2000 }, () => rowOf({ secret: Buffer.alloc(312, 7) }))
  await store.put(rows.map((r) => insertOf(r, [entryOf(), entryOf({ index: 'entryFolder', unique: false })])))
  await db.query('analyze')
  const ids = (n: number, i: number) => Array.from({ length: n }, (_, k) => rows[(i * n + k * 31) % 2000]!.id)
  for (const n of [1, 16, 64]) await run(`append ${n} rows, ${n} served`, n === 64 ? 300 : 800, n, (i) => [chainOf(1, n), ids(n, i)], ([a, b]) => store.append(a, b))
  for (const n of [1, 16, 64]) await run(`append ${n} rows, none served`, n === 64 ? 300 : 800, n, (i) => [chainOf(1, n), ids(n, i)], ([a]) => store.append(a, []))
  for (const n of [1, 16, 64]) await run(`read ${n} ids`, n === 64 ? 400 : 1500, n, (i) => ids(n, i), (x) => store.read('vault_entry', x))
  await run('commit insert + audit', 600, 1, () => commitOf([insertOf(rowOf())]), (x) => store.commit(x))
  await run('commit insert with 2 indexes + audit + expected epoch', 600, 1, () => commitOf([insertOf(rowOf(), [entryOf(), entryOf({ index: 'entryFolder', unique: false })])], { expectedEpoch: 1 }), (x) => store.commit(x))
  let v = 1; const hot = rows[0]!
  await run('commit update + version insert + audit + expected epoch', 600, 1, () => commitOf([updateOf({ ...hot, version: ++v }), insertOf(rowOf({ parent: hot.id, version: v }), [], 'vault_entry_version')], { expectedEpoch: 1 }), (x) => store.commit(x))
  await store.close()
}
for (const f of downs) await f()
process.exit(0)
