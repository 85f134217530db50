// The page on configuration names every variable, and none that is not there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { variableNames } from '../../engine/config.js'
import { packageRoot } from '../../engine/root.js'

const page = readFileSync(join(packageRoot, 'engine/CONFIGURATION.md'), 'utf8')
const named = new Set(page.match(/RPPAM_[A-Z_]+[A-Z]/g))

t.test('every variable is on the page', async (t) => {
  for (const name of variableNames) t.ok(named.has(name), name)
})

t.test('the page names no other', async (t) => {
  for (const name of named) t.ok(variableNames.includes(name), name)
})
