// Promise: the code of the SDK's README compiles for a program outside this repository: against the declarations
// that are shipped, with a browser's types and without Node's.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../engine/root.js'
import { compileStrictly } from './support/strict-program.js'

const given = `
declare const password: string, adminPassword: string, id: string
declare const use: (fields: Record<string, string>) => void
`
const readme = readFileSync(join(packageRoot, 'sdk/README.md'), 'utf8')
const [calls = '', caught = ''] = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
const program = `${given}${calls}\nexport const caught = async () => {\n${caught}\n}\n`

t.test('it compiles', { skip: !existsSync(join(packageRoot, 'sdk/dist/index.d.ts')) }, (t) => {
  const folder = t.testdir({ 'program.ts': program })
  const compiled = compileStrictly(
    join(folder, 'program.ts'),
    (fileName) => fileName.startsWith(folder) || fileName.includes('/sdk/dist/'),
  )
  t.strictSame(compiled.faults, [])
  t.ok(
    compiled.program
      .getSourceFiles()
      .some(({ fileName }) => fileName.endsWith('/sdk/dist/index.d.ts')),
  )
  t.match(calls, /\/\/ 10\. /, 'all ten of them')
  t.end()
})
