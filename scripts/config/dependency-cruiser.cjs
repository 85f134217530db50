// DESIGN's two sentences, checked: the front holds no secret key and no database handle, a worker holds no client
// socket; the tenant plane and the management plane never import each other.
module.exports = {
  forbidden: [
    {
      name: 'front-holds-no-key-or-database',
      severity: 'error',
      from: { path: '^engine/front' },
      to: { path: '^engine/worker|node_modules/(postgres|tedious|@noble|@node-rs)' },
    },
    {
      name: 'worker-holds-no-socket',
      severity: 'error',
      from: { path: '^engine/worker' },
      to: { path: '^engine/front|uWebSockets' },
    },
    {
      name: 'tenant-never-management',
      severity: 'error',
      from: { path: '^engine/worker/tenant' },
      to: { path: '^engine/worker/management' },
    },
    {
      name: 'management-never-tenant',
      severity: 'error',
      from: { path: '^engine/worker/management' },
      to: { path: '^engine/worker/tenant' },
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
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
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
