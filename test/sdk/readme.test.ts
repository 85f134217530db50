// Promise: the code of the SDK's README compiles for a program outside this repository: against the declarations
// that are shipped, with a browser's types and without Node's.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { packageRoot } from '../../engine/root.js'

const given = `
declare const password: string, adminPassword: string, id: string
declare const use: (fields: Record<string, string>) => void
`
const readme = readFileSync(join(packageRoot, 'sdk/README.md'), 'utf8')
const [calls = '', caught = ''] = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
const program = `${given}${calls}\nexport const caught = async () => {\n${caught}\n}\n`

t.test('it compiles', { skip: !existsSync(join(packageRoot, 'sdk/dist/index.d.ts')) }, (t) => {
  const folder = t.testdir({ 'program.ts': program })
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.asynciterable.d.ts'],
    types: [],
  }
  const compiled = ts.createProgram([join(folder, 'program.ts')], options)
  // Of the program and of our declarations: TypeScript's own libraries take seconds and hold nothing of ours.
  const faults = compiled
    .getSourceFiles()
    .filter((file) => file.fileName.startsWith(folder) || file.fileName.includes('/sdk/dist/'))
    .flatMap((file) => [
      ...compiled.getSyntacticDiagnostics(file),
      ...compiled.getSemanticDiagnostics(file),
    ])
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  t.strictSame(faults, [])
  t.ok(compiled.getSourceFiles().some(({ fileName }) => fileName.endsWith('/sdk/dist/index.d.ts')))
  t.match(calls, /\/\/ 10\. /, 'all ten of them')
  t.end()
})
