// A program as somebody outside this repository compiles it: strictly, with a browser's types and without Node's.
import ts from 'typescript'

export interface Compiled {
  readonly program: ts.Program
  readonly faults: readonly string[]
}

/** `isOurs`: TypeScript's own libraries take seconds and hold nothing of ours. */
export const compileStrictly = (
  source: string,
  isOurs: (fileName: string) => boolean,
): Compiled => {
  const program = ts.createProgram([source], {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.asynciterable.d.ts'],
    types: [],
  })
  const faults = program
    .getSourceFiles()
    .filter(({ fileName }) => isOurs(fileName))
    .flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ])
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  return { program, faults }
}
