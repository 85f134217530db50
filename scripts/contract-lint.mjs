// What others' linters say of the contract: Redocly and Spectral, from the npm registry, in a folder of their own under
// the system's temporary one, because they are two hundred packages that no build needs. Exits 1 on any finding.
//
//   node scripts/contract-lint.mjs [<document>]        generated/contract.json unless another one is named
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const scripts = fileURLToPath(new URL('.', import.meta.url))
const document = resolve(process.argv[2] ?? join(scripts, '../generated/contract.json'))
const config = (name) => join(scripts, 'config', name)

const linters = [
  [
    '@redocly/cli@2.77.0',
    ['redocly', 'lint', document, '--config', config('redocly.yaml'), '--max-problems', '1000'],
  ],
  [
    '@stoplight/spectral-cli@6.16.3',
    ['spectral', 'lint', document, '-r', config('spectral.yaml'), '--fail-severity', 'hint'],
  ],
]

const run = (cwd, [name, command]) => {
  const { status, stdout, stderr } = spawnSync('npx', ['--yes', '-p', name, '--', ...command], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off' },
  })
  // Redocly exits 0 on warnings.
  const found = status !== 0 || /You have \d+ warning/.test(`${stdout}${stderr}`)
  console.log(`${name}: ${found ? `\n${stdout}${stderr}` : 'no findings'}`)
  return found
}

const folder = mkdtempSync(join(tmpdir(), 'rppam-contract-lint-'))
try {
  if (linters.map((linter) => run(folder, linter)).some(Boolean)) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}
