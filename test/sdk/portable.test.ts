// Promise: the SDK runs wherever fetch is: its sources import openapi-fetch and each other, and use nothing of Node.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../engine/root.js'

const folder = join(packageRoot, 'sdk/src')
const sources = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map(({ parentPath, name }) => join(parentPath, name))

t.ok(sources.length > 10)
for (const file of sources) {
  const text = readFileSync(file, 'utf8')
  const imported = [...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name ?? '')
  t.strictSame(
    imported.filter((name) => !name.startsWith('.') && name !== 'openapi-fetch'),
    [],
    file,
  )
  t.notMatch(
    text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, ''),
    /\b(process|Buffer|require|global)\b/,
    file,
  )
}

const { dependencies } = JSON.parse(readFileSync(join(packageRoot, 'sdk/package.json'), 'utf8'))
t.strictSame(Object.keys(dependencies), ['openapi-fetch'])
