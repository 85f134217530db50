// Promise: everything that a program may import from the SDK says what it is, and so does every member of it, in the
// declarations that are shipped.
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { packageRoot } from '../../engine/root.js'

const dist = join(packageRoot, 'sdk/dist')
const entry = join(dist, 'index.d.ts')
const program = ts.createProgram([entry], {
  noEmit: true,
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: [],
})
const checker = program.getTypeChecker()

/** The contract's own members are the contract's to describe. */
const isOurs = (symbol: ts.Symbol): boolean =>
  (symbol.declarations ?? []).some((declaration) => {
    const { fileName } = declaration.getSourceFile()
    return fileName.startsWith(dist) && !fileName.endsWith('/contract.d.ts')
  })

const isPublic = (symbol: ts.Symbol): boolean =>
  (symbol.declarations ?? []).every(
    (declaration) =>
      !(ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.NonPublicAccessibilityModifier),
  ) && !symbol.name.startsWith('#')

const isDocumented = (symbol: ts.Symbol): boolean =>
  symbol.getDocumentationComment(checker).some(({ text }) => text.trim() !== '')

const membersOf = (type: ts.Type): ts.Symbol[] =>
  type.isUnion() ? type.types.flatMap(membersOf) : checker.getPropertiesOfType(type)

/** Names of what says nothing, below `name`; each type once. */
const undocumented = (name: string, type: ts.Type, seen: Set<ts.Type>): string[] => {
  if (seen.has(type)) return []
  seen.add(type)
  return membersOf(type)
    .filter((member) => isOurs(member) && isPublic(member))
    .flatMap((member) => [
      ...(isDocumented(member) ? [] : [`${name}.${member.name}`]),
      ...undocumented(`${name}.${member.name}`, checker.getTypeOfSymbol(member), seen),
    ])
}

const resolved = (symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol

const exported = checker
  .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!)
  .map((symbol) => [symbol.name, resolved(symbol)] as const)

t.test('what is exported', async (t) => {
  t.ok(exported.length > 60)
  t.strictSame(
    exported.filter(([, symbol]) => !isDocumented(symbol)).map(([name]) => name),
    [],
  )
})

t.test('its members', async (t) => {
  const seen = new Set<ts.Type>()
  const found = exported.flatMap(([name, symbol]) => [
    ...undocumented(name, checker.getDeclaredTypeOfSymbol(symbol), seen),
    // Of a class what is static, too.
    ...(symbol.flags & ts.SymbolFlags.Class
      ? undocumented(name, checker.getTypeOfSymbol(symbol), seen)
      : []),
  ])
  t.strictSame(found, [])
  t.ok(seen.size > 100)
})
