// DESIGN's two sentences, checked: the front holds no secret key and no database handle, a worker holds no client
// socket; the tenant plane and the management plane never import each other. Imports of a worker's rooms point downwards.

/** From the top; rooms of one row never import each other. */
const rooms = [
  ['thread'],
  ['tenant', 'management', 'auth'],
  ['vault'],
  ['evidence'],
  ['installation'],
  ['control'],
  ['request'],
  ['access'],
  ['identity'],
  ['context'],
  ['audit'],
  ['keys'],
  ['store'],
  ['cipher'],
]

const folder = (names) => `^engine/worker/(${names.join('|')})/`

const downwards = rooms.flatMap((row, place) => {
  const above = rooms.slice(0, place).flat()
  return row.map((name) => ({
    name: `${name}-imports-downwards`,
    severity: 'error',
    from: { path: folder([name]) },
    to: { path: folder([...above, ...row.filter((other) => other !== name), 'nowhere']) },
  }))
})

module.exports = {
  forbidden: [
    ...downwards,
    {
      name: 'every-file-in-a-room',
      severity: 'error',
      from: { path: '^engine' },
      to: { path: '^engine/worker/', pathNot: folder(rooms.flat()) },
    },
    {
      name: 'front-holds-no-key-or-database',
      severity: 'error',
      from: { path: '^engine/front' },
      to: {
        path: '^engine/(worker|native/sodium)|node_modules/(postgres|tedious|@noble|@node-rs|sodium)',
      },
    },
    {
      name: 'worker-holds-no-socket',
      severity: 'error',
      from: { path: '^engine/worker' },
      to: { path: '^engine/front|uWebSockets' },
    },
    {
      name: 'sql-only-in-its-engine',
      severity: 'error',
      from: { path: '^engine', pathNot: '^engine/(worker/store/|embedded/)' },
      to: { path: 'node_modules/(postgres|tedious)/' },
    },
    {
      name: 'task-imports-neither-side',
      severity: 'error',
      from: { path: '^engine/task' },
      to: { path: '^engine/(front|worker)' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: { path: '^engine' },
      to: { circular: true },
    },
    {
      name: 'engine-apart-from-tests',
      severity: 'error',
      from: { path: '^engine' },
      to: { path: '^(test|bench|scripts|sdk)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
}
