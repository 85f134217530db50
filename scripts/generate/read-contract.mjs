// The contract of a folder as one document, examples in their places.
import { bundle, operationsOf } from './bundle.mjs'
import { codeSamplesOf } from './code-samples.mjs'
import { placeExamples, readExamples } from './examples.mjs'
import { lint } from './lint.mjs'

/** Throws an Error that names all faults, one a line. */
export const readContract = (folder) => {
  const contract = bundle(folder)
  const examples = readExamples(folder)
  placeExamples(contract, examples)
  const faults = lint(contract, examples)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  for (const found of operationsOf(contract))
    found.operation['x-codeSamples'] = codeSamplesOf(contract, found)
  return contract
}
