// Declarations of the SDK, file by file and without checking: what is exported has to say its type
// (isolatedDeclarations). Done by the generator, because that one has TypeScript loaded on a fresh clone anyway.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

const sourcesIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true }).filter((name) => /(?<!\.d)\.ts$/.test(name))
    : []

const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

// utimes sets milliseconds, sources have nanoseconds.
const sameAge = (a, b) => Math.abs(changed(a) - changed(b)) < 2

/** Pairs of source and declaration that differ in age: a declaration carries the time of its source. */
export const staleDeclarations = (from, to) =>
  sourcesIn(from)
    .map((name) => ({
      source: join(from, name),
      declaration: join(to, name.replace(/ts$/, 'd.ts')),
    }))
    .filter(({ source, declaration }) => !sameAge(source, declaration))

const textOf = (ts, fileName) => {
  const compilerOptions = {
    declaration: true,
    isolatedDeclarations: true,
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
  }
  const { diagnostics = [], outputText } = ts.transpileDeclaration(readFileSync(fileName, 'utf8'), {
    fileName,
    compilerOptions,
    reportDiagnostics: true,
  })
  for (const { messageText } of diagnostics)
    throw new Error(`${fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
  return outputText
}

export const declare = async (stale) => {
  const { default: ts } = await import('typescript')
  for (const { source, declaration } of stale) {
    const { atime, mtime } = statSync(source)
    mkdirSync(dirname(declaration), { recursive: true })
    const temporary = `${declaration}.${process.pid}`
    writeFileSync(temporary, textOf(ts, source))
    utimesSync(temporary, atime, mtime)
    renameSync(temporary, declaration)
  }
}
